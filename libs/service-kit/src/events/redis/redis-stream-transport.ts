import type { CloudEvent } from '#contracts';
import type { RedisServer } from '../../config/redis-config.js';
import type { Logger } from '../../logging/logger.js';
import { newId } from '../../storage/new-id.js';
import type {
  ConsumerGroup,
  EventHandler,
  EventSubscription,
  EventTransport,
} from '../transport/event-transport.js';
import { EventKeys } from './event-keys.js';
import { GroupConsumer } from './group-consumer.js';
import { IdleGroups } from './idle-groups.js';
import { StreamSender } from './stream-sender.js';

/**
 * Events in Redis Streams: one stream for each source, and one consumer group for each consumer, of which one process at
 * a time handles the events. Nothing waits for Redis at the start, and everything connects again after a failure. If Redis
 * loses events or groups, outboxes send again what is missing, and groups are handed events again that they have handled.
 */
export class RedisStreamTransport implements EventTransport {
  readonly reach = 'all';
  private readonly holder = newId();
  private readonly sender: StreamSender;
  private readonly keys: EventKeys;
  private readonly idleGroups: IdleGroups;
  private readonly consumers: GroupConsumer[] = [];

  private constructor(
    private readonly server: RedisServer,
    private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {
    this.sender = new StreamSender(server);
    this.keys = new EventKeys(server.prefix);
    this.idleGroups = new IdleGroups(logger);
  }

  static open(server: RedisServer, logger: Pick<Logger, 'info' | 'warn' | 'error'>): RedisStreamTransport {
    return new RedisStreamTransport(server, logger);
  }

  storedUpTo(source: string): Promise<string> {
    return this.sender.storedUpTo(source);
  }

  send(events: readonly CloudEvent[], after: string): Promise<void> {
    return this.sender.send(events, after);
  }

  async groups(source: string): Promise<readonly ConsumerGroup[]> {
    const groups = await this.sender.groups(source);
    this.idleGroups.report(source, this.keys.stream(source), groups);
    return groups;
  }

  trim(source: string, sequence: number, retiredMs: number): Promise<void> {
    return this.sender.trim(source, sequence, retiredMs);
  }

  subscribe(
    group: string,
    types: readonly string[],
    handle: EventHandler,
    onTakeOver: () => void = () => undefined,
  ): Promise<EventSubscription> {
    const member = { ...this.server, group, holder: this.holder, types: new Set(types) };
    const consumer = new GroupConsumer(member, handle, onTakeOver, this.logger);
    this.consumers.push(consumer);
    return Promise.resolve(consumer);
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.sender.close();
  }
}

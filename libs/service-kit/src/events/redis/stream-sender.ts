import type { Redis } from 'ioredis';
import type { CloudEvent } from '#contracts';
import type { RedisServer } from '../../config/redis-config.js';
import { connect, connectionTo } from '../../redis/redis-client.js';
import type { ConsumerGroup } from '../transport/event-transport.js';
import { EventKeys } from './event-keys.js';
import { withEventScripts, type EventScripts } from './event-scripts.js';

const COMMAND_TIMEOUT_MS = 1000;
/** How long Redis keeps events that every group has acknowledged: for groups that are added. */
const KEPT_MS = 600_000;

/**
 * Appends events to the streams of their sources. Connects on demand, and again after every failure; a call fails within
 * some two seconds while Redis is away.
 */
export class StreamSender {
  private readonly keys: EventKeys;
  private connection: Redis | undefined;
  private scripts: Promise<EventScripts> | undefined;

  constructor(private readonly server: RedisServer) {
    this.keys = new EventKeys(server.prefix);
  }

  /** Sequence of the last event of a source in its stream. @throws while Redis is away */
  async storedUpTo(source: string): Promise<string> {
    const stream = this.keys.stream(source);
    return this.run((scripts) => scripts.eventPosition(1, stream));
  }

  /**
   * Appends events of one source. Atomic.
   * @param after sequence of the last event that the stream is expected to have
   * @throws if it has another one, or while Redis is away
   */
  async send(events: readonly CloudEvent[], after: string): Promise<void> {
    const source = events[0]?.source;
    if (source === undefined) return;
    const stream = this.keys.stream(source);
    const args = events.flatMap((event) => [event.sequence, JSON.stringify(event)]);
    const last = await this.run((scripts) =>
      scripts.eventAppend(2, stream, this.keys.sources, source, after, ...args),
    );
    if (last !== after) throw new Error(`the stream of ${source} ends at ${last}, not at ${after}`);
  }

  /** The groups that receive the events of a source. @throws while Redis is away */
  async groups(source: string): Promise<ConsumerGroup[]> {
    const stream = this.keys.stream(source);
    const reply = await this.run((scripts) => scripts.eventGroups(1, stream));
    const groups: ConsumerGroup[] = [];
    for (let i = 0; i < reply.length; i += 4) groups.push(groupOf(reply.slice(i, i + 4)));
    return groups;
  }

  /**
   * Deletes events before `sequence` that are old and that every group of the stream has acknowledged, except groups that no
   * process has read for `retiredMs`. Sequences are microseconds since the epoch, unless a source had more than a million
   * events a second.
   */
  async trim(source: string, sequence: number, retiredMs: number): Promise<void> {
    const stream = this.keys.stream(source);
    const first = Math.min(sequence, (Date.now() - KEPT_MS) * 1000);
    await this.run((scripts) => scripts.eventTrim(1, stream, String(first), retiredMs));
  }

  close(): void {
    this.connection?.disconnect();
    this.scripts = undefined;
  }

  private async run<T>(work: (scripts: EventScripts) => Promise<T>): Promise<T> {
    const opened = (this.scripts ??= this.open());
    try {
      return await work(await opened);
    } catch (error) {
      if (this.scripts === opened) this.close();
      throw error;
    }
  }

  private async open(): Promise<EventScripts> {
    const connection = connectionTo(this.server, COMMAND_TIMEOUT_MS);
    this.connection = connection;
    const scripts = withEventScripts(connection);
    await connect(connection);
    return scripts;
  }
}

/** The sequence of an event is the time of its numbering in microseconds. */
const groupOf = ([name = '', handled, waiting, idle]: readonly string[]): ConsumerGroup => ({
  name,
  handled: Number(handled),
  lagMs: waiting ? Math.max(0, Date.now() - Number(waiting) / 1000) : 0,
  idleMs: Number(idle),
});

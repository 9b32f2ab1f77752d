import type { CloudEvent } from '#contracts';
import {
  TransportClosed,
  type EventHandler,
  type EventSubscription,
  type EventTransport,
} from './event-transport.js';

interface Group {
  readonly types: ReadonlySet<string>;
  readonly handle: EventHandler;
}

/**
 * Passes events to the handlers of this process. It stores nothing: `send` resolves when every group has handled the
 * events, or keeps those that it could not handle.
 */
export class InProcessTransport implements EventTransport {
  private readonly subscribers = new Map<string, Group>();
  private readonly running = new Set<Promise<void>>();
  private isClosing = false;
  private open: () => void = () => undefined;
  readonly hasBegun = new Promise<void>((resolve) => (this.open = resolve));

  constructor(
    readonly reach: EventTransport['reach'] = 'all',
    readonly shortcoming?: string,
  ) {}

  /** Lets events through. Call it when every group has subscribed: a group that comes later would miss events. */
  begin(): void {
    this.open();
  }

  storedUpTo(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async send(events: readonly CloudEvent[]): Promise<void> {
    // A group that has gone would miss the events; the outbox keeps them until the next start.
    if (this.isClosing) throw new TransportClosed('the handlers of this process stop');
    const work = this.handOver(events);
    const settled = work.catch(() => undefined).finally(() => this.running.delete(settled));
    this.running.add(settled);
    await work;
  }

  subscribe(group: string, types: readonly string[], handle: EventHandler): Promise<EventSubscription> {
    this.subscribers.set(group, { types: new Set(types), handle });
    return Promise.resolve({ close: () => this.close() });
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.running);
  }

  private async handOver(events: readonly CloudEvent[]): Promise<void> {
    await Promise.all(Array.from(this.subscribers.values(), (group) => handleInOrder(group, events)));
  }
}

async function handleInOrder({ types, handle }: Group, events: readonly CloudEvent[]): Promise<void> {
  for (const event of events) if (types.has(event.type)) await handle(event);
}

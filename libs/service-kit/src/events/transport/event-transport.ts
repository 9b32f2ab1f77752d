import type { CloudEvent } from '#contracts';

/** For a provider: the transport of the process. */
export const EVENT_TRANSPORT = Symbol('EVENT_TRANSPORT');

/** A consumer group, as it stands with the events of one source. */
export interface ConsumerGroup {
  readonly name: string;
  /** It has acknowledged every event up to this sequence. */
  readonly handled: number;
  /** Age of the oldest event that it has not acknowledged; 0 without any. Milliseconds. */
  readonly lagMs: number;
  /** For how long no process has read events for it; it may be long while there are none. Milliseconds. */
  readonly idleMs: number;
}

/** Takes events from the outbox to the handlers of every consumer group. */
export interface EventTransport {
  /** `service`: other services that handle the events run in other processes, which the transport does not reach. */
  readonly reach: 'all' | 'service';
  /** Why the service counts as degraded although the transport works. */
  readonly shortcoming?: string | undefined;
  /**
   * Sequence of the last event of a source that the transport has stored, `'0'` for none. It may be lower than before:
   * the store has lost events, and the outbox sends them again. `undefined`: the transport stores nothing; an event that
   * was sent is handled.
   */
  storedUpTo(source: string): Promise<string | undefined>;
  /**
   * Hands over events of one source in their order. Resolves once they are stored (or handled); rejects if not: then the
   * outbox keeps them and sends them again.
   * @param after sequence of the event before the first one; a transport that stores rejects if it has not stored
   * exactly the events up to this one
   */
  send(events: readonly CloudEvent[], after: string): Promise<void>;
  /** The known groups that receive the events of a source. A transport that stores nothing has no such method. */
  groups?(source: string): Promise<readonly ConsumerGroup[]>;
  /**
   * Deletes stored events before `sequence` that are old and that every group has acknowledged.
   * @param retiredMs a group that no process has read for so long holds no events
   */
  trim?(source: string, sequence: number, retiredMs: number): Promise<void>;
  /**
   * Calls `handle` for each event of the types, in order per subject, again after a rejection; acknowledged when it
   * resolves. It is also called for events of types that only other versions of the service handle, while their processes
   * are away. Of the processes that subscribe with one group, one at a time handles the events of a source.
   * @param onTakeOver called before the first event after another process may have handled events of the group
   */
  subscribe(
    group: string,
    types: readonly string[],
    handle: EventHandler,
    onTakeOver?: () => void,
  ): Promise<EventSubscription>;
  /** Called when every group of this process has subscribed. */
  begin?(): void;
  /** Resolves after `begin`: outboxes send nothing before. A transport whose groups may subscribe later has none. */
  readonly hasBegun?: Promise<void>;
  close(): Promise<void>;
}

/**
 * Resolves also for an event whose handler failed or that has none in this version of the service: the group then keeps the
 * event for further attempts. Rejects only while the group can keep nothing, for example while its store is unavailable.
 */
export type EventHandler = (event: CloudEvent) => Promise<void>;

/** The handler of one group. */
export interface EventSubscription {
  /** Resolves when the handler no longer runs. */
  close(): Promise<void>;
}

/** The process stops; events stay in the outbox. */
export class TransportClosed extends Error {
  override readonly name = 'TransportClosed';
}

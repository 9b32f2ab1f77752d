import type { DiscoveryEventType } from '#contracts';
import type { InstanceVitals, StoredInstance } from './stored-instance.js';

/** What moved an instance in, out, or from one state to another. */
export interface StoreChange {
  readonly type: DiscoveryEventType;
  /** One sentence on why. */
  readonly reason: string;
  /** `undefined`: the instance is new. */
  readonly before: StoredInstance | undefined;
  /** `undefined`: the instance is gone. */
  readonly after: StoredInstance | undefined;
}

/** The part of an instance that decides whether requests go to it. */
export type InstanceState = Pick<StoredInstance, 'isDraining' | 'health'>;

/**
 * Who is registered, and until when. The table, the event log and the prober are pictures of its changes, so that
 * a change made by another gateway on the same store reaches them by the same way as one made here.
 *
 * Every call is atomic. A change made here has reached the watchers before its promise resolves.
 */
export abstract class RegistryStore {
  /** Adds the instance, or replaces the one of the same id (`registered` or `renewed`). Returns what it replaced. */
  abstract put(instance: StoredInstance, reason: string): Promise<StoredInstance | undefined>;

  /** Moves an instance to another state. No change when it is in that state already; `undefined` for an unknown id. */
  abstract move(
    id: string,
    state: Partial<InstanceState>,
    change: Pick<StoreChange, 'type' | 'reason'>,
  ): Promise<StoredInstance | undefined>;

  /** Notes a heartbeat or a probe. Watchers hear nothing of it. `undefined` for an unknown id: nothing comes to life. */
  abstract touch(id: string, vitals: Partial<InstanceVitals>): Promise<StoredInstance | undefined>;

  /** Takes an instance out for good and returns it. */
  abstract remove(id: string, reason: string): Promise<StoredInstance | undefined>;

  /** Takes out, as `expired`, every instance whose lease has run out at `now`, and returns them. */
  abstract takeExpired(now: number): Promise<readonly StoredInstance[]>;

  /** Moves the end of every lease by `ms`: time in which nobody could have sent a heartbeat. */
  abstract shiftLeases(ms: number): Promise<void>;

  abstract get(id: string): Promise<StoredInstance | undefined>;

  /** All instances, in order of registration. */
  abstract all(): Promise<readonly StoredInstance[]>;

  /** Calls `listener` with every change; returns how to stop. */
  abstract watch(listener: (change: StoreChange) => void): () => void;
}

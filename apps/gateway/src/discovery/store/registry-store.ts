import type { DiscoveryEventType, ProbeView } from '#contracts';
import type { KnownNames } from './known-names.js';
import type {
  HeartbeatReport,
  NewInstance,
  RegisteredInstance,
  RevisedInstance,
  StoredInstance,
} from './stored-instance.js';

/** A difference between the previous and the current contents of the store. */
export interface StoreChange {
  /** `undefined`: the instance is new. */
  readonly before: RegisteredInstance | undefined;
  /** `undefined`: the instance is gone. */
  readonly after: RegisteredInstance | undefined;
}

/** What changed an instance, and why. */
export interface ChangeCause {
  readonly type: DiscoveryEventType;
  /** One sentence on why. */
  readonly reason: string;
}

/** A change as recorded by the store. */
export interface RecordedChange extends StoreChange, ChangeCause {
  /** Grows by at least two with every change, also across restarts: one change may produce two events. */
  readonly id: number;
  /** By the store's clock, milliseconds since the epoch. */
  readonly at: number;
}

/** A part of the record, in order and without gaps. */
export interface ChangeBatch {
  /** All changes after the one with id `since`, up to the one with id `upTo`. */
  readonly changes: readonly RecordedChange[];
  readonly since: number;
  /**
   * Before this id the record has gaps: the store was restored. Absent: there are none.
   */
  readonly gapsBefore?: number | undefined;
  readonly upTo: number;
}

/** The part of an instance that decides whether it receives requests, and how many. */
export type InstanceState = Pick<RegisteredInstance, 'isDraining' | 'health' | 'weight'>;

/** The part of `state` that an instance may move to: only a heartbeat ends what a heartbeat reported. */
export function permittedState(
  { health }: Pick<InstanceState, 'health'>,
  state: Partial<InstanceState>,
): Partial<InstanceState> {
  const isReportedDown = health.isReported === true && health.status === 'down';
  if (!isReportedDown || !state.health || state.health.isReported === true) return state;
  const { health: _ignored, ...rest } = state;
  return rest;
}

/** The result of a registration. */
export interface PutResult {
  /** The replaced instance with the same id. */
  readonly before: RegisteredInstance | undefined;
  readonly after: StoredInstance;
}

/** The result of a sweep. */
export interface SweepResult {
  /** The instances that this sweep expired, in their new state. */
  readonly expired: readonly RegisteredInstance[];
  /**
   * How long no lease could be renewed before the sweep; leases were extended by that time. Usually 0.
   * Milliseconds.
   */
  readonly lostMs: number;
  /** The time of the store's clock, milliseconds since the epoch. */
  readonly at: number;
}

/** The contents of a store at `change` or later. */
export interface RegistryContents {
  /** Changes when the store has lost data. `undefined` for a store that ends with its process. */
  readonly epoch: string | undefined;
  /** The id of the newest change. */
  readonly change: number;
  readonly instances: readonly RevisedInstance[];
  /** Known names of services and when each was last seen, oldest first. Milliseconds since the epoch. */
  readonly names: ReadonlyMap<string, number>;
}

/** A snapshot written by an earlier run of the gateway. */
export interface SavedSnapshot extends RegistryContents {
  /** How long ago that run ended, milliseconds. */
  readonly ageMs: number;
}

/**
 * A gateway that was down for no longer continues where it stopped: leases restart, and a store of another
 * epoch is restored. After a longer time addresses may belong to other processes.
 */
export const RESTART_WITHIN_MS = 60_000;

/**
 * The registered instances and their leases. The table, the event log and the health checker are derived from
 * its changes, so that a change made by another gateway on the same store reaches them in the same way as a
 * local one.
 *
 * Every call is atomic, leases run on the store's own clock, and a local change has reached the watchers
 * before its promise resolves. While the store is unavailable, writes reject with `registryUnavailable` and
 * reads return the last known state.
 */
export abstract class RegistryStore {
  /** Adds the instance, or replaces the one with the same id (`registered` or `renewed`), and starts its lease. */
  abstract put(instance: NewInstance, reason: string): Promise<PutResult>;

  /**
   * Changes the state of an instance. No change if it is in that state already; `undefined` for an unknown id
   * or an expired instance.
   * @param endpoint if given, applies only to an instance that still has this endpoint
   */
  abstract changeState(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined>;

  /** Records an event about an instance that does not change it; nothing for an unknown or expired one. */
  abstract recordEvent(id: string, cause: ChangeCause): Promise<void>;

  /**
   * Renews a lease. Does not notify watchers. `undefined` for an unknown id or an expired instance, which
   * only a registration brings back.
   */
  abstract recordHeartbeat(id: string, report: HeartbeatReport): Promise<StoredInstance | undefined>;

  /**
   * Renews leases on evidence of responses to proxied requests; ignores unknown ids and expired instances.
   */
  abstract renewLeases(ids: readonly string[]): Promise<void>;

  /**
   * Stores results of health checks by instance id; ignores unknown and expired instances. Does not notify
   * watchers.
   */
  abstract recordHealthChecks(results: ReadonlyMap<string, ProbeView>): Promise<void>;

  /** Removes an instance and returns it. */
  abstract remove(id: string, reason: string): Promise<RegisteredInstance | undefined>;

  /** Removes the expired ones of the given instances; returns their ids. */
  abstract removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]>;

  /**
   * Expires every instance whose lease has run out, which stays listed as `down`, and drops names whose
   * retention has ended. Must be called every {@link SWEEP_EVERY_MS}: without sweeps no heartbeats are
   * received either, so a missed period first extends every lease.
   */
  abstract sweep(): Promise<SweepResult>;

  abstract get(id: string): Promise<StoredInstance | undefined>;

  /**
   * Instances in order of their first registration, including expired ones; only those of `service` if it is
   * given.
   */
  abstract list(service?: string): Promise<readonly StoredInstance[]>;

  /**
   * Names of services that lost an instance within the retention; they keep services without instances known.
   */
  abstract get names(): KnownNames;

  /**
   * `false`: services may exist that are not in this store yet, as after a restart of a gateway with an
   * in-memory registry. An unknown name then does not prove that the service does not exist.
   */
  abstract get isComplete(): boolean;

  /**
   * Whether this gateway is responsible for an instance. While the store is unavailable every gateway is
   * responsible for all.
   */
  abstract isResponsibleFor(id: string): boolean;

  /**
   * Calls `listener` with every change, and its cause unless the change was found by a read of the whole store;
   * returns a function that unsubscribes it.
   */
  abstract watch(listener: (change: StoreChange, cause?: ChangeCause) => void): () => void;

  /**
   * Calls `listener` with the existing record, then with every change. If a part does not start where the
   * last one ended, the changes between them are lost. Returns a function that unsubscribes it.
   */
  abstract follow(listener: (batch: ChangeBatch) => void): () => void;

  /** The contents known to this gateway, saved for a restart. */
  abstract get contents(): RegistryContents;

  /**
   * Since when the store is unavailable, milliseconds since the epoch by this process; `undefined` if it is
   * available.
   */
  abstract get unavailableSince(): number | undefined;

  /** The reason, in one word without addresses or secrets: `ECONNREFUSED`, `WRONGPASS`. */
  abstract get unavailableReason(): string | undefined;
}

import type { DiscoveryEventType, ProbeView } from '#contracts';
import type { KnownNames } from './known-names.js';
import type {
  InstanceReport,
  NewInstance,
  RegisteredInstance,
  RevisedInstance,
  StoredInstance,
} from './stored-instance.js';

/** A difference between what the store held and what it holds now. */
export interface StoreChange {
  /** `undefined`: the instance is new. */
  readonly before: RegisteredInstance | undefined;
  /** `undefined`: the instance is gone. */
  readonly after: RegisteredInstance | undefined;
}

/** What moved an instance in, out, or from one state to another, and why. */
export interface ChangeCause {
  readonly type: DiscoveryEventType;
  /** One sentence on why. */
  readonly reason: string;
}

/** A change as the store keeps it for those who come later. */
export interface RecordedChange extends StoreChange, ChangeCause {
  /** Grows by at least two with every change, over restarts too: one change may be told as two events. */
  readonly id: number;
  /** By the store's clock, milliseconds since the epoch. */
  readonly at: number;
}

/** Some of the record, in order and without a gap. */
export interface RecordPart {
  /** All changes after the one of id `since`, up to the one of id `upTo`. */
  readonly changes: readonly RecordedChange[];
  readonly since: number;
  readonly upTo: number;
}

/** The part of an instance that decides whether requests go to it. */
export type InstanceState = Pick<RegisteredInstance, 'isDraining' | 'health'>;

/** What came of a registration. */
export interface PutResult {
  /** The instance of the same id that was replaced. */
  readonly before: RegisteredInstance | undefined;
  readonly after: StoredInstance;
}

/** What a sweep came to. */
export interface Sweep {
  /** Those that it turned into expired ones, as they are listed now. */
  readonly expired: readonly RegisteredInstance[];
  /** How long nobody could have renewed a lease before it; leases have moved by that much. Mostly 0. */
  readonly lostMs: number;
}

/** All that a store holds: as it was at `change`, or later. */
export interface RegistrySnapshot {
  /** Another one than before: the store lost data. `undefined`: the store lives and ends with its process. */
  readonly epoch: string | undefined;
  /** The id of the newest change. */
  readonly change: number;
  readonly instances: readonly RevisedInstance[];
  /** Known names of services, and when each was last seen, oldest first. */
  readonly names: ReadonlyMap<string, number>;
}

/** A snapshot that an earlier run of the gateway left behind. */
export interface FoundSnapshot extends RegistrySnapshot {
  /** How long ago that run ended, milliseconds. */
  readonly ageMs: number;
}

/**
 * A gateway that was away for no longer takes up where it stopped: leases start anew, and a store of another epoch is given back what
 * it lost. After a longer time addresses may belong to other processes.
 */
export const RESTART_WITHIN_MS = 60_000;

/**
 * Who is registered, and until when. The table, the event log and the health checker are pictures of its changes, so that
 * a change made by another gateway on the same store reaches them by the same way as one made here.
 *
 * Every call is atomic, leases run on the store's own clock, and a change made here has reached the watchers before its
 * promise resolves. Writes reject with `registryUnavailable` while the store is away; reads answer what was last known.
 */
export abstract class RegistryStore {
  /** Adds the instance, or replaces the one of the same id (`registered` or `renewed`), and starts its lease. */
  abstract put(instance: NewInstance, reason: string): Promise<PutResult>;

  /**
   * Moves an instance to another state. No change when it is in that state already; `undefined` for an unknown id or an expired
   * instance.
   * @param endpoint what was found out concerns only an instance that is still there
   */
  abstract move(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined>;

  /** Renews a lease. Watchers hear nothing of it. `undefined` for an unknown id or an expired instance: only a registration brings one back. */
  abstract beat(id: string, report: InstanceReport): Promise<StoredInstance | undefined>;

  /** Renews leases on the word of traffic that was answered; unknown ids and expired instances stay as they are. */
  abstract renew(ids: readonly string[]): Promise<void>;

  /** Keeps results of health checks, by the id of the instance, of those that are still registered. Watchers are not told. */
  abstract noteProbes(probes: ReadonlyMap<string, ProbeView>): Promise<void>;

  /** Takes an instance out for good and returns it. */
  abstract remove(id: string, reason: string): Promise<RegisteredInstance | undefined>;

  /** Removes those of the instances that have expired; returns their ids. */
  abstract removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]>;

  /**
   * Turns every instance whose lease has run out into an expired one, which stays listed as `down`, and drops names whose
   * retention has passed. Meant to be called every {@link SWEEP_EVERY_MS}: time in which nobody swept is time in which nobody heard heartbeats, and is given back to every lease first.
   */
  abstract sweep(): Promise<Sweep>;

  abstract get(id: string): Promise<StoredInstance | undefined>;

  /** Instances in order of their first registration, expired ones too; only those of one service if it is named. */
  abstract list(service?: string): Promise<readonly StoredInstance[]>;

  /** Names of services that lost an instance within the retention; what a service without instances is known by. */
  abstract get names(): KnownNames;

  /**
   * `false`: services may exist that this store has not heard of yet, as after a restart of a gateway whose registry is in
   * memory. Unknown names are then no reason to tell a client that there is no such service.
   */
  abstract get isComplete(): boolean;

  /** Whether it falls to this gateway to look after an instance. While the store is away each looks after all. */
  abstract isOurs(id: string): boolean;

  /** Calls `listener` with every difference; returns how to stop. */
  abstract watch(listener: (change: StoreChange) => void): () => void;

  /**
   * Calls `listener` with what the record holds, then with every change. A part that does not go on where the last one
   * ended says that changes between them were lost to us. Returns how to stop.
   */
  abstract follow(listener: (part: RecordPart) => void): () => void;

  /** What this gateway knows, to start from after a restart. */
  abstract get snapshot(): RegistrySnapshot;

  /** Since when the store is away, milliseconds since the epoch by this process; `undefined`: it answers. */
  abstract get awaySince(): number | undefined;

  /** Why, in one word that tells no address and no secret: `ECONNREFUSED`, `WRONGPASS`. */
  abstract get awayFor(): string | undefined;
}

import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_TTL_SECONDS, type ProbeView } from '#contracts';
import type { OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../schedule/clock.js';
import { nextChangeId } from '../change-ids.js';
import { KnownNames } from '../known-names.js';
import { Listeners } from '../listeners.js';
import { lostTime } from '../lost-time.js';
import {
  allowedFor,
  RegistryStore,
  RESTART_WITHIN_MS,
  type ChangeCause,
  type FoundSnapshot,
  type InstanceState,
  type PutResult,
  type RecordPart,
  type RegistrySnapshot,
  type StoreChange,
  type Sweep,
} from '../registry-store.js';
import { KeptInstance } from '../kept-instance.js';
import {
  expiredFrom,
  isExpired,
  vitalsFrom,
  type InstanceReport,
  type NewInstance,
  type RegisteredInstance,
  type StoredInstance,
} from '../stored-instance.js';

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** How long names of services that lost an instance are kept, milliseconds. */
  readonly retentionMs: number;
  /** The snapshot of an earlier run of the gateway. */
  readonly found?: FoundSnapshot | undefined;
  /**
   * How long the registry counts as incomplete after a start with an old snapshot, milliseconds: the longest
   * time until a service registers again. A recent snapshot has all services, and a first start has none to
   * miss.
   */
  readonly completeAfterMs?: number;
}

/**
 * The registry of a single gateway, in its process: it ends with the process, and services register again.
 */
export class MemoryStore extends RegistryStore implements OnModuleInit {
  readonly awaySince = undefined;
  readonly awayFor = undefined;
  readonly names: KnownNames;
  private readonly instances = new Map<string, KeptInstance>();
  private readonly watchers = new Listeners<[StoreChange]>();
  private readonly followers = new Listeners<[RecordPart]>();
  /**
   * No lease expires before this. Heartbeats only postpone expiries, so that most sweeps need not scan all
   * leases.
   */
  private soonest = Infinity;
  private sweptAt: number;
  private lastChange: number;
  private readonly completeAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly options: MemoryStoreOptions,
  ) {
    super();
    const { retentionMs, found, completeAfterMs = DEFAULT_TTL_SECONDS * 1000 } = options;
    this.names = new KnownNames(retentionMs);
    this.sweptAt = clock.now();
    this.completeAt = found && found.ageMs > RESTART_WITHIN_MS ? this.sweptAt + completeAfterMs : 0;
    this.lastChange = nextChangeId(0, this.sweptAt);
  }

  get isComplete(): boolean {
    return this.clock.now() >= this.completeAt;
  }

  get snapshot(): RegistrySnapshot {
    const instances = [...this.instances.values()].map(({ stored }) => ({ instance: stored, revision: 0 }));
    return { epoch: undefined, change: this.lastChange, instances, names: this.names.all };
  }

  onModuleInit(): void {
    if (this.options.found) this.restore(this.options.found);
  }

  put(instance: NewInstance, reason: string): Promise<PutResult> {
    const now = this.clock.now();
    const before = this.instances.get(instance.id)?.registered;
    const kept = new KeptInstance({ ...instance, registeredAt: now }, vitalsFrom(instance.ttlSeconds, now));
    this.instances.set(instance.id, kept);
    this.noteLease(kept);
    this.tell({ before, after: kept.registered }, { type: before ? 'renewed' : 'registered', reason });
    return Promise.resolve({ before, after: kept.stored });
  }

  move(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined> {
    const kept = this.live(id);
    if (!kept) return Promise.resolve(undefined);
    const before = kept.registered;
    const after = { ...before, ...allowedFor(before, state) };
    const isElsewhere = endpoint !== undefined && endpoint !== before.endpoint;
    if (!isElsewhere && !isDeepStrictEqual(before, after)) {
      kept.registered = after;
      this.tell({ before, after }, cause);
    }
    return Promise.resolve(kept.stored);
  }

  beat(id: string, report: InstanceReport): Promise<StoredInstance | undefined> {
    const kept = this.live(id);
    if (!kept) return Promise.resolve(undefined);
    kept.beat(this.clock.now(), report);
    this.noteLease(kept);
    return Promise.resolve(kept.stored);
  }

  renew(ids: readonly string[]): Promise<void> {
    const now = this.clock.now();
    for (const id of ids) {
      const kept = this.live(id);
      kept?.renew(now);
      if (kept) this.noteLease(kept);
    }
    return Promise.resolve();
  }

  noteProbes(probes: ReadonlyMap<string, ProbeView>): Promise<void> {
    for (const [id, lastProbe] of probes) {
      const kept = this.live(id);
      if (kept) kept.lastProbe = lastProbe;
    }
    return Promise.resolve();
  }

  remove(id: string, reason: string): Promise<RegisteredInstance | undefined> {
    const kept = this.instances.get(id);
    if (kept) this.drop(kept.registered, { type: 'unregistered', reason });
    return Promise.resolve(kept?.registered);
  }

  removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]> {
    const removed = ids.filter((id) => {
      const kept = this.instances.get(id);
      if (!kept?.isExpired) return false;
      this.drop(kept.registered, { type: 'removed', reason });
      return true;
    });
    return Promise.resolve(removed);
  }

  sweep(): Promise<Sweep> {
    const now = this.clock.now();
    const lostMs = lostTime(this.sweptAt, now);
    this.sweptAt = now;
    if (lostMs !== 0) this.moveLeases(lostMs);
    const expired = this.soonest <= now ? this.overAt(now).map((kept) => this.expire(kept)) : [];
    this.names.prune(now);
    return Promise.resolve({ expired, lostMs, at: now });
  }

  get(id: string): Promise<StoredInstance | undefined> {
    return Promise.resolve(this.instances.get(id)?.stored);
  }

  list(service?: string): Promise<readonly StoredInstance[]> {
    const all = [...this.instances.values()];
    const wanted = service === undefined ? all : all.filter(({ registered }) => registered.name === service);
    return Promise.resolve(wanted.map(({ stored }) => stored));
  }

  isOurs(): boolean {
    return true;
  }

  watch(listener: (change: StoreChange) => void): () => void {
    return this.watchers.add(listener);
  }

  follow(listener: (part: RecordPart) => void): () => void {
    listener({ changes: [], since: this.lastChange, upTo: this.lastChange });
    return this.followers.add(listener);
  }

  /**
   * Restarts leases, since no heartbeat was received while the gateway was down; after a longer downtime they
   * count as expired.
   */
  private restore({ instances, names, ageMs }: FoundSnapshot): void {
    const now = this.clock.now();
    this.names.replace(names);
    for (const { instance } of instances) {
      const isOver = ageMs > RESTART_WITHIN_MS && !isExpired(instance);
      const registered = isOver ? expiredFrom(instance, now - ageMs) : instance;
      const kept = new KeptInstance(registered, instance);
      this.instances.set(instance.id, kept);
      if (isOver) this.names.see(instance.name, now - ageMs);
      else if (!kept.isExpired) kept.renew(now);
      if (!kept.isExpired) this.noteLease(kept);
      this.watchers.tell({ before: undefined, after: registered });
    }
  }

  private noteLease({ expiresAt }: KeptInstance): void {
    if (expiresAt < this.soonest) this.soonest = expiresAt;
  }

  private moveLeases(ms: number): void {
    for (const kept of this.instances.values()) {
      if (kept.isExpired) continue;
      kept.expiresAt += ms;
      this.noteLease(kept);
    }
  }

  /** The instances whose lease has ended at `now`. */
  private overAt(now: number): readonly KeptInstance[] {
    const over: KeptInstance[] = [];
    this.soonest = Infinity;
    for (const kept of this.instances.values()) {
      if (kept.isExpired) continue;
      if (kept.expiresAt <= now) over.push(kept);
      else this.noteLease(kept);
    }
    return over;
  }

  private expire(kept: KeptInstance): RegisteredInstance {
    const before = kept.registered;
    const after = expiredFrom(before, kept.expiresAt);
    kept.registered = after;
    this.tell({ before, after }, { type: 'expired', reason: after.health.reason });
    return after;
  }

  private live(id: string): KeptInstance | undefined {
    const kept = this.instances.get(id);
    return kept?.isExpired ? undefined : kept;
  }

  private drop(before: RegisteredInstance, cause: ChangeCause): void {
    this.instances.delete(before.id);
    this.tell({ before, after: undefined }, cause);
  }

  private tell(change: StoreChange, cause: ChangeCause): void {
    const since = this.lastChange;
    const at = this.clock.now();
    const id = nextChangeId(since, at);
    this.lastChange = id;
    this.names.follow(change.before, change.after, at);
    this.watchers.tell(change);
    this.followers.tell({ changes: [{ ...change, ...cause, id, at }], since, upTo: id });
  }
}

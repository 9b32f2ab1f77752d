import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_TTL_SECONDS, type ProbeView } from '#contracts';
import type { OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../schedule/clock.js';
import { nextChangeId } from '../change-ids.js';
import { KnownNames } from '../known-names.js';
import { Listeners } from '../listeners.js';
import { lostTime } from '../lost-time.js';
import {
  permittedState,
  RegistryStore,
  RESTART_WITHIN_MS,
  type ChangeCause,
  type SavedSnapshot,
  type InstanceState,
  type PutResult,
  type ChangeBatch,
  type RegistryContents,
  type StoreChange,
  type SweepResult,
} from '../registry-store.js';
import { InstanceRecord } from '../instance-record.js';
import {
  expiredFrom,
  isExpired,
  vitalsFrom,
  type HeartbeatReport,
  type NewInstance,
  type RegisteredInstance,
  type StoredInstance,
} from '../stored-instance.js';

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** How long names of services that lost an instance are kept, milliseconds. */
  readonly retentionMs: number;
  /** The snapshot of an earlier run of the gateway. */
  readonly saved?: SavedSnapshot | undefined;
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
  readonly unavailableSince = undefined;
  readonly unavailableReason = undefined;
  readonly names: KnownNames;
  private readonly instances = new Map<string, InstanceRecord>();
  private readonly watchers = new Listeners<[StoreChange, ChangeCause?]>();
  private readonly followers = new Listeners<[ChangeBatch]>();
  /**
   * No lease expires before this. Heartbeats only postpone expiries, so that most sweeps need not scan all
   * leases.
   */
  private earliestExpiry = Infinity;
  private sweptAt: number;
  private lastChange: number;
  private readonly completeAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly options: MemoryStoreOptions,
  ) {
    super();
    const { retentionMs, saved, completeAfterMs = DEFAULT_TTL_SECONDS * 1000 } = options;
    this.names = new KnownNames(retentionMs);
    this.sweptAt = clock.now();
    this.completeAt = saved && saved.ageMs > RESTART_WITHIN_MS ? this.sweptAt + completeAfterMs : 0;
    this.lastChange = nextChangeId(0, this.sweptAt);
  }

  get isComplete(): boolean {
    return this.clock.now() >= this.completeAt;
  }

  get contents(): RegistryContents {
    const instances = [...this.instances.values()].map(({ revised }) => revised);
    return { epoch: undefined, change: this.lastChange, instances, names: this.names.all };
  }

  onModuleInit(): void {
    if (this.options.saved) this.restore(this.options.saved);
  }

  put(instance: NewInstance, reason: string): Promise<PutResult> {
    const now = this.clock.now();
    const before = this.instances.get(instance.id)?.registered;
    const record = new InstanceRecord(
      { ...instance, registeredAt: now },
      vitalsFrom(instance.ttlSeconds, now),
    );
    this.instances.set(instance.id, record);
    this.trackExpiry(record);
    this.publish({ before, after: record.registered }, { type: before ? 'renewed' : 'registered', reason });
    return Promise.resolve({ before, after: record.stored });
  }

  changeState(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined> {
    const record = this.findLive(id);
    if (!record) return Promise.resolve(undefined);
    const before = record.registered;
    const after = { ...before, ...permittedState(before, state) };
    const isElsewhere = endpoint !== undefined && endpoint !== before.endpoint;
    if (!isElsewhere && !isDeepStrictEqual(before, after)) {
      record.registered = after;
      this.publish({ before, after }, cause);
    }
    return Promise.resolve(record.stored);
  }

  recordEvent(id: string, cause: ChangeCause): Promise<void> {
    const record = this.findLive(id);
    if (record) this.publish({ before: record.registered, after: record.registered }, cause);
    return Promise.resolve();
  }

  recordHeartbeat(id: string, report: HeartbeatReport): Promise<StoredInstance | undefined> {
    const record = this.findLive(id);
    if (!record) return Promise.resolve(undefined);
    record.recordHeartbeat(this.clock.now(), report);
    this.trackExpiry(record);
    return Promise.resolve(record.stored);
  }

  renewLeases(ids: readonly string[]): Promise<void> {
    const now = this.clock.now();
    for (const id of ids) {
      const record = this.findLive(id);
      record?.renewLease(now);
      if (record) this.trackExpiry(record);
    }
    return Promise.resolve();
  }

  recordHealthChecks(results: ReadonlyMap<string, ProbeView>): Promise<void> {
    for (const [id, lastProbe] of results) {
      const record = this.findLive(id);
      if (record) record.lastProbe = lastProbe;
    }
    return Promise.resolve();
  }

  remove(id: string, reason: string): Promise<RegisteredInstance | undefined> {
    const record = this.instances.get(id);
    if (record) this.delete(record.registered, { type: 'unregistered', reason });
    return Promise.resolve(record?.registered);
  }

  removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]> {
    const removed = ids.filter((id) => {
      const record = this.instances.get(id);
      if (!record?.isExpired) return false;
      this.delete(record.registered, { type: 'removed', reason });
      return true;
    });
    return Promise.resolve(removed);
  }

  sweep(): Promise<SweepResult> {
    const now = this.clock.now();
    const lostMs = lostTime(this.sweptAt, now);
    this.sweptAt = now;
    if (lostMs !== 0) this.extendLeases(lostMs);
    const expired =
      this.earliestExpiry <= now ? this.endedLeases(now).map((record) => this.expire(record)) : [];
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

  isResponsibleFor(): boolean {
    return true;
  }

  watch(listener: (change: StoreChange, cause?: ChangeCause) => void): () => void {
    return this.watchers.add(listener);
  }

  follow(listener: (part: ChangeBatch) => void): () => void {
    listener({ changes: [], since: this.lastChange, upTo: this.lastChange });
    return this.followers.add(listener);
  }

  /**
   * Restarts leases, since no heartbeat was received while the gateway was down; after a longer downtime they
   * count as expired.
   */
  private restore({ instances, names, ageMs }: SavedSnapshot): void {
    const now = this.clock.now();
    this.names.replace(names);
    for (const { instance } of instances) {
      const hasEnded = ageMs > RESTART_WITHIN_MS && !isExpired(instance);
      const registered = hasEnded ? expiredFrom(instance, now - ageMs) : instance;
      const record = new InstanceRecord(registered, instance);
      this.instances.set(instance.id, record);
      if (hasEnded) this.names.recordSeen(instance.name, now - ageMs);
      else if (!record.isExpired) record.renewLease(now);
      if (!record.isExpired) this.trackExpiry(record);
      this.watchers.notify({ before: undefined, after: registered });
    }
  }

  private trackExpiry({ expiresAt }: InstanceRecord): void {
    if (expiresAt < this.earliestExpiry) this.earliestExpiry = expiresAt;
  }

  private extendLeases(ms: number): void {
    for (const record of this.instances.values()) {
      if (record.isExpired) continue;
      record.expiresAt += ms;
      this.trackExpiry(record);
    }
  }

  /** The instances whose lease has ended at `now`. */
  private endedLeases(now: number): readonly InstanceRecord[] {
    const ended: InstanceRecord[] = [];
    this.earliestExpiry = Infinity;
    for (const record of this.instances.values()) {
      if (record.isExpired) continue;
      if (record.expiresAt <= now) ended.push(record);
      else this.trackExpiry(record);
    }
    return ended;
  }

  private expire(record: InstanceRecord): RegisteredInstance {
    const before = record.registered;
    const after = expiredFrom(before, record.expiresAt);
    record.registered = after;
    this.publish({ before, after }, { type: 'expired', reason: after.health.reason });
    return after;
  }

  private findLive(id: string): InstanceRecord | undefined {
    const record = this.instances.get(id);
    return record?.isExpired ? undefined : record;
  }

  private delete(before: RegisteredInstance, cause: ChangeCause): void {
    this.instances.delete(before.id);
    this.publish({ before, after: undefined }, cause);
  }

  private publish(change: StoreChange, cause: ChangeCause): void {
    const since = this.lastChange;
    const at = this.clock.now();
    const id = nextChangeId(since, at);
    this.lastChange = id;
    this.names.applyChange(change.before, change.after, at);
    this.watchers.notify(change, cause);
    this.followers.notify({ changes: [{ ...change, ...cause, id, at }], since, upTo: id });
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { ProbeView } from '#contracts';
import type { Clock } from '../clock.js';
import { nextChangeId } from './change-ids.js';
import { Listeners } from './listeners.js';
import { lostTime } from './lost-time.js';
import {
  RegistryStore,
  type ChangeCause,
  type InstanceState,
  type PutResult,
  type RecordPart,
  type StoreChange,
  type Sweep,
} from './registry-store.js';
import {
  leaseFrom,
  vitalsFrom,
  type InstanceReport,
  type NewInstance,
  type StoredInstance,
} from './stored-instance.js';

/** The registry of one gateway alone: in this process, gone with it; services register again by themselves. */
export class MemoryStore extends RegistryStore {
  readonly awaySince = undefined;
  readonly awayFor = undefined;
  private readonly instances = new Map<string, StoredInstance>();
  private readonly watchers = new Listeners<[StoreChange]>();
  private readonly followers = new Listeners<[RecordPart]>();
  /** No lease runs out before this: heartbeats only put that off, so that most sweeps need not look through all. */
  private soonest = Infinity;
  private sweptAt: number;
  private lastChange: number;

  constructor(private readonly clock: Clock) {
    super();
    this.sweptAt = clock.now();
    this.lastChange = nextChangeId(0, this.sweptAt);
  }

  put(instance: NewInstance, reason: string): Promise<PutResult> {
    const now = this.clock.now();
    const before = this.instances.get(instance.id);
    const after = this.keep({ ...instance, registeredAt: now, ...vitalsFrom(instance.ttlSeconds, now) });
    this.tell({ before, after }, { type: before ? 'renewed' : 'registered', reason });
    return Promise.resolve({ before, after });
  }

  move(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined> {
    const before = this.instances.get(id);
    if (!before) return Promise.resolve(undefined);
    if (endpoint !== undefined && endpoint !== before.endpoint) return Promise.resolve(before);
    const after = { ...before, ...state };
    if (isDeepStrictEqual(before, after)) return Promise.resolve(before);
    this.instances.set(id, after);
    this.tell({ before, after }, cause);
    return Promise.resolve(after);
  }

  beat(id: string, report: InstanceReport): Promise<StoredInstance | undefined> {
    const known = this.instances.get(id);
    if (!known) return Promise.resolve(undefined);
    const { lastHeartbeatAt, expiresAt } = leaseFrom(known.ttlSeconds, this.clock.now());
    return Promise.resolve(this.keep({ ...known, lastHeartbeatAt, expiresAt, report }));
  }

  renew(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const known = this.instances.get(id);
      if (known) this.keep({ ...known, expiresAt: this.clock.now() + known.ttlSeconds * 1000 });
    }
    return Promise.resolve();
  }

  noteProbe(id: string, lastProbe: ProbeView): Promise<void> {
    const known = this.instances.get(id);
    if (known) this.keep({ ...known, lastProbe });
    return Promise.resolve();
  }

  remove(id: string, reason: string): Promise<StoredInstance | undefined> {
    const before = this.instances.get(id);
    if (before) this.drop(before, { type: 'unregistered', reason });
    return Promise.resolve(before);
  }

  sweep(): Promise<Sweep> {
    const now = this.clock.now();
    const lostMs = lostTime(this.sweptAt, now);
    this.sweptAt = now;
    if (lostMs !== 0) this.moveLeases(lostMs);
    const expired = this.soonest <= now ? this.expiredAt(now) : [];
    for (const instance of expired)
      this.drop(instance, { type: 'expired', reason: `no heartbeat for ${instance.ttlSeconds} s` });
    return Promise.resolve({ expired, lostMs });
  }

  get(id: string): Promise<StoredInstance | undefined> {
    return Promise.resolve(this.instances.get(id));
  }

  list(service?: string): Promise<readonly StoredInstance[]> {
    const all = [...this.instances.values()];
    return Promise.resolve(service === undefined ? all : all.filter(({ name }) => name === service));
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

  private keep(instance: StoredInstance): StoredInstance {
    this.instances.set(instance.id, instance);
    if (instance.expiresAt < this.soonest) this.soonest = instance.expiresAt;
    return instance;
  }

  private moveLeases(ms: number): void {
    for (const instance of this.instances.values())
      this.keep({ ...instance, expiresAt: instance.expiresAt + ms });
  }

  private expiredAt(now: number): readonly StoredInstance[] {
    const expired: StoredInstance[] = [];
    this.soonest = Infinity;
    for (const instance of this.instances.values())
      if (instance.expiresAt <= now) expired.push(instance);
      else if (instance.expiresAt < this.soonest) this.soonest = instance.expiresAt;
    return expired;
  }

  private drop(before: StoredInstance, cause: ChangeCause): void {
    this.instances.delete(before.id);
    this.tell({ before, after: undefined }, cause);
  }

  private tell(change: StoreChange, cause: ChangeCause): void {
    const since = this.lastChange;
    const at = this.clock.now();
    const id = nextChangeId(since, at);
    this.lastChange = id;
    this.watchers.tell(change);
    this.followers.tell({ changes: [{ ...change, ...cause, id, at }], since, upTo: id });
  }
}

import type { ProbeView } from '#contracts';
import { InstanceRecord } from '../instance-record.js';
import { KnownNames } from '../known-names.js';
import { Listeners } from '../listeners.js';
import {
  permittedState,
  type ChangeCause,
  type InstanceState,
  type RecordedChange,
  type StoreChange,
} from '../registry-store.js';
import {
  storedOf,
  vitalsFrom,
  type HeartbeatReport,
  type RevisedInstance,
  type StoredInstance,
} from '../stored-instance.js';
import type { KnownRevision, Renewal } from './heartbeat-batcher.js';

/**
 * The registry snapshot of this gateway: current up to the last change that was read. The gateway serves from
 * it while the store is unavailable.
 */
export class RegistrySnapshot {
  readonly names: KnownNames;
  private readonly records = new Map<string, InstanceRecord>();
  private readonly watchers = new Listeners<[StoreChange, ChangeCause?]>();
  private lastChange = 0;

  /** @param retentionMs how long names of services that lost an instance are kept, milliseconds */
  constructor(retentionMs: number) {
    this.names = new KnownNames(retentionMs);
  }

  /** The id of the newest change in the snapshot. */
  get change(): number {
    return this.lastChange;
  }

  get instances(): readonly RevisedInstance[] {
    return [...this.records.values()].map(({ revised }) => revised);
  }

  get(id: string): StoredInstance | undefined {
    return this.records.get(id)?.stored;
  }

  /** Instances in order of their first registration; only those of `service` if it is given. */
  list(service?: string): readonly StoredInstance[] {
    const all = [...this.records.values()];
    const wanted = service === undefined ? all : all.filter(({ registered }) => registered.name === service);
    return wanted.map(({ stored }) => stored);
  }

  watch(listener: (change: StoreChange, cause?: ChangeCause) => void): () => void {
    return this.watchers.add(listener);
  }

  /** Applies a change read from the store. */
  apply({ id: revision, at, type, reason, before, after }: RecordedChange): void {
    const cause = { type, reason };
    this.lastChange = revision;
    this.names.applyChange(before, after, at);
    if (!after) {
      this.delete(before?.id ?? '', cause);
      return;
    }
    const isRegistration = type === 'registered' || type === 'renewed';
    const known = isRegistration ? undefined : this.get(after.id);
    this.set({ instance: storedOf(after, known ?? vitalsFrom(after.ttlSeconds, at)), revision }, cause);
  }

  /** Replaces everything with the state at `change`. */
  replace(instances: readonly RevisedInstance[], names: ReadonlyMap<string, number>, change: number): void {
    this.lastChange = change;
    this.names.replace(names);
    const ids = new Set(instances.map(({ instance }) => instance.id));
    for (const id of this.records.keys()) if (!ids.has(id)) this.delete(id);
    for (const revised of instances) {
      const isChanged = this.records.get(revised.instance.id)?.revision !== revised.revision;
      if (isChanged) this.set(revised);
      else this.updateVitals(revised);
    }
  }

  /** Updates the vitals of an instance from a read; changes do not carry them. */
  updateVitals({ instance, revision }: RevisedInstance): void {
    const known = this.records.get(instance.id);
    if (known?.revision === revision) known.setVitals(instance);
  }

  /**
   * The data sent along with an instance's heartbeat; `undefined` for an unknown id and for an expired
   * instance: the store then reads its own copy, since the instance may have registered again at another
   * gateway.
   */
  knownRevision(id: string): KnownRevision | undefined {
    const known = this.records.get(id);
    if (known?.isExpired) return undefined;
    return known && { revision: known.revision, ttlSeconds: known.registered.ttlSeconds };
  }

  /** Applies a heartbeat that the store has accepted; `undefined` if the instance has left since. */
  applyHeartbeat(
    id: string,
    report: HeartbeatReport,
    { at, lastProbe }: Renewal,
  ): StoredInstance | undefined {
    const record = this.records.get(id);
    if (!record) return undefined;
    record.recordHeartbeat(at, report);
    record.lastProbe = lastProbe;
    return record.stored;
  }

  /** Applies results of this gateway's health checks. */
  applyHealthChecks(results: ReadonlyMap<string, ProbeView>): void {
    for (const [id, lastProbe] of results) {
      const record = this.records.get(id);
      if (record) record.lastProbe = lastProbe;
    }
  }

  /** Changes the state of an instance whose lease runs in this snapshot only. */
  applyState(id: string, state: Partial<InstanceState>, cause: ChangeCause): StoredInstance | undefined {
    const known = this.records.get(id);
    if (!known || known.isExpired) return undefined;
    const { stored } = known;
    const instance = { ...stored, ...permittedState(stored, state) };
    this.set({ instance, revision: known.revision }, cause);
    return instance;
  }

  private set({ instance, revision }: RevisedInstance, cause?: ChangeCause): void {
    const before = this.get(instance.id);
    this.records.set(instance.id, new InstanceRecord(instance, instance, revision));
    this.watchers.notify({ before, after: instance }, cause);
  }

  private delete(id: string, cause?: ChangeCause): void {
    const before = this.get(id);
    if (!before) return;
    this.records.delete(id);
    this.watchers.notify({ before, after: undefined }, cause);
  }
}

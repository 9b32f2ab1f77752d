import type { ProbeView } from '#contracts';
import { KeptInstance } from '../kept-instance.js';
import { KnownNames } from '../known-names.js';
import { Listeners } from '../listeners.js';
import { allowedFor, type InstanceState, type RecordedChange, type StoreChange } from '../registry-store.js';
import {
  storedOf,
  vitalsFrom,
  type InstanceReport,
  type RevisedInstance,
  type StoredInstance,
} from '../stored-instance.js';
import type { BeatingInstance, Renewal } from './gathered-beats.js';

/** An instance, and the id of the change that last modified it. */
interface Pictured {
  readonly kept: KeptInstance;
  readonly revision: number;
}

/**
 * The registry snapshot of this gateway: current up to the last change that was read. The gateway serves from
 * it while the store is unavailable.
 */
export class Picture {
  readonly names: KnownNames;
  private readonly known = new Map<string, Pictured>();
  private readonly watchers = new Listeners<[StoreChange]>();
  private lastChange = 0;

  /** @param retentionMs how long names of services that lost an instance are kept, milliseconds */
  constructor(retentionMs: number) {
    this.names = new KnownNames(retentionMs);
  }

  /** The id of the newest change in the snapshot. */
  get change(): number {
    return this.lastChange;
  }

  get all(): readonly RevisedInstance[] {
    return [...this.known.values()].map(({ kept, revision }) => ({ instance: kept.stored, revision }));
  }

  get(id: string): StoredInstance | undefined {
    return this.known.get(id)?.kept.stored;
  }

  /** Instances in order of their first registration; only those of `service` if it is given. */
  list(service?: string): readonly StoredInstance[] {
    const all = [...this.known.values()].map(({ kept }) => kept);
    const wanted = service === undefined ? all : all.filter(({ registered }) => registered.name === service);
    return wanted.map(({ stored }) => stored);
  }

  watch(listener: (change: StoreChange) => void): () => void {
    return this.watchers.add(listener);
  }

  /** Applies a change read from the store. */
  apply({ id: revision, at, type, before, after }: RecordedChange): void {
    this.lastChange = revision;
    this.names.follow(before, after, at);
    if (!after) {
      this.drop(before?.id ?? '');
      return;
    }
    const isAfresh = type === 'registered' || type === 'renewed';
    const known = isAfresh ? undefined : this.get(after.id);
    this.keep({ instance: storedOf(after, known ?? vitalsFrom(after.ttlSeconds, at)), revision });
  }

  /** Replaces everything with the state at `change`. */
  replace(instances: readonly RevisedInstance[], names: ReadonlyMap<string, number>, change: number): void {
    this.lastChange = change;
    this.names.replace(names);
    const ids = new Set(instances.map(({ instance }) => instance.id));
    for (const id of this.known.keys()) if (!ids.has(id)) this.drop(id);
    for (const revised of instances) {
      const isNews = this.known.get(revised.instance.id)?.revision !== revised.revision;
      if (isNews) this.keep(revised);
      else this.noteVitals(revised);
    }
  }

  /** Updates the vitals of an instance from a read; changes do not carry them. */
  noteVitals({ instance, revision }: RevisedInstance): void {
    const known = this.known.get(instance.id);
    if (known?.revision === revision) known.kept.note(instance);
  }

  /**
   * The data sent along with an instance's heartbeat; `undefined` for an unknown id and for an expired
   * instance: the store then reads its own copy, since the instance may have registered again at another
   * gateway.
   */
  beating(id: string): BeatingInstance | undefined {
    const known = this.known.get(id);
    if (known?.kept.isExpired) return undefined;
    return known && { revision: known.revision, ttlSeconds: known.kept.registered.ttlSeconds };
  }

  /** Applies a heartbeat that the store has accepted; `undefined` if the instance has left since. */
  noteBeat(id: string, report: InstanceReport, { at, lastProbe }: Renewal): StoredInstance | undefined {
    const kept = this.known.get(id)?.kept;
    if (!kept) return undefined;
    kept.beat(at, report);
    kept.lastProbe = lastProbe;
    return kept.stored;
  }

  /** Applies results of this gateway's health checks. */
  noteProbes(probes: ReadonlyMap<string, ProbeView>): void {
    for (const [id, lastProbe] of probes) {
      const kept = this.known.get(id)?.kept;
      if (kept) kept.lastProbe = lastProbe;
    }
  }

  /** Changes the state of an instance whose lease runs in this snapshot only. */
  moveHere(id: string, state: Partial<InstanceState>): StoredInstance | undefined {
    const known = this.known.get(id);
    if (!known || known.kept.isExpired) return undefined;
    const { stored } = known.kept;
    const instance = { ...stored, ...allowedFor(stored, state) };
    this.keep({ instance, revision: known.revision });
    return instance;
  }

  private keep({ instance, revision }: RevisedInstance): void {
    const before = this.get(instance.id);
    this.known.set(instance.id, { kept: new KeptInstance(instance, instance), revision });
    this.watchers.tell({ before, after: instance });
  }

  private drop(id: string): void {
    const before = this.get(id);
    if (!before) return;
    this.known.delete(id);
    this.watchers.tell({ before, after: undefined });
  }
}

import type { ProbeView } from '#contracts';
import { KeptInstance } from '../kept-instance.js';
import { KnownNames } from '../known-names.js';
import { Listeners } from '../listeners.js';
import type { InstanceState, RecordedChange, StoreChange } from '../registry-store.js';
import {
  storedOf,
  vitalsFrom,
  type InstanceReport,
  type RevisedInstance,
  type StoredInstance,
} from '../stored-instance.js';
import type { BeatingInstance, Renewal } from './gathered-beats.js';

/** An instance, and the id of the change that made it what it is. */
interface Pictured {
  readonly kept: KeptInstance;
  readonly revision: number;
}

/** What this gateway knows of the store: as new as the last change that it has read. Serves on while the store is away. */
export class Picture {
  readonly names: KnownNames;
  private readonly known = new Map<string, Pictured>();
  private readonly watchers = new Listeners<[StoreChange]>();
  private lastChange = 0;

  /** @param retentionMs how long names of services that lost an instance are kept */
  constructor(retentionMs: number) {
    this.names = new KnownNames(retentionMs);
  }

  /** The id of the newest change that is in here. */
  get change(): number {
    return this.lastChange;
  }

  get all(): readonly RevisedInstance[] {
    return [...this.known.values()].map(({ kept, revision }) => ({ instance: kept.stored, revision }));
  }

  get(id: string): StoredInstance | undefined {
    return this.known.get(id)?.kept.stored;
  }

  /** Instances in order of their first registration; only those of one service if it is named. */
  list(service?: string): readonly StoredInstance[] {
    const all = [...this.known.values()].map(({ kept }) => kept);
    const wanted = service === undefined ? all : all.filter(({ registered }) => registered.name === service);
    return wanted.map(({ stored }) => stored);
  }

  watch(listener: (change: StoreChange) => void): () => void {
    return this.watchers.add(listener);
  }

  /** Takes in a change that was read. */
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

  /** Takes in everything, as it was when `change` was the newest. */
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

  /** Takes in what was read of an instance by the way; its vitals are not told by changes. */
  noteVitals({ instance, revision }: RevisedInstance): void {
    const known = this.known.get(instance.id);
    if (known?.revision === revision) known.kept.note(instance);
  }

  /**
   * What the heartbeat of an instance is passed on with; `undefined` for an unknown id and for an
   * expired instance: the store looks at it then, since another gateway may know that it has registered again.
   */
  beating(id: string): BeatingInstance | undefined {
    const known = this.known.get(id);
    if (known?.kept.isExpired) return undefined;
    return known && { revision: known.revision, ttlSeconds: known.kept.registered.ttlSeconds };
  }

  /** Takes in a heartbeat that the store has taken in; `undefined`: the instance has left since. */
  noteBeat(id: string, report: InstanceReport, { at, lastProbe }: Renewal): StoredInstance | undefined {
    const kept = this.known.get(id)?.kept;
    if (!kept) return undefined;
    kept.beat(at, report);
    kept.lastProbe = lastProbe;
    return kept.stored;
  }

  /** Takes in results of health checks of this gateway. */
  noteProbes(probes: ReadonlyMap<string, ProbeView>): void {
    for (const [id, lastProbe] of probes) {
      const kept = this.known.get(id)?.kept;
      if (kept) kept.lastProbe = lastProbe;
    }
  }

  /** Moves an instance whose lease runs to another state here alone. */
  moveHere(id: string, state: Partial<InstanceState>): StoredInstance | undefined {
    const known = this.known.get(id);
    if (!known || known.kept.isExpired) return undefined;
    const instance = { ...known.kept.stored, ...state };
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

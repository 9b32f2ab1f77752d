import type { Instance } from '../model/instance.js';
import { KnownNames } from '../store/known-names.js';
import type { ChangeCause } from '../store/registry-store.js';

/** The members of an instance that are recorded: its handler and its load belong to this process. */
export type RecordedInstance = Omit<Instance, 'target' | 'load'>;

/** A change of the registry as this gateway saw it. */
export interface RegistryChange extends ChangeCause {
  /** When the service table of this gateway changed, milliseconds since the epoch. */
  readonly at: number;
  readonly service: string;
  readonly instanceId: string;
  /** `undefined`: the instance is gone. */
  readonly after: RecordedInstance | undefined;
}

/** The registry at a time in the past. */
export class PastRegistry {
  /** Names of services that lost an instance. */
  readonly names: KnownNames;
  private byId = new Map<string, RecordedInstance>();

  /** @param retentionMs how long names of services that lost an instance are kept, milliseconds */
  constructor(private readonly retentionMs: number) {
    this.names = new KnownNames(retentionMs);
  }

  /** In order of their ids: a record that begins later does not tell which instance came first. */
  get instances(): readonly RecordedInstance[] {
    return [...this.byId.values()].sort(byId);
  }

  get(id: string): RecordedInstance | undefined {
    return this.byId.get(id);
  }

  copy(): PastRegistry {
    const copy = new PastRegistry(this.retentionMs);
    copy.byId = new Map(this.byId);
    copy.names.replace(this.names.all);
    return copy;
  }

  /** Sets or removes an instance, without regard to the names of services. */
  set(id: string, instance: RecordedInstance | undefined): void {
    if (instance) this.byId.set(id, instance);
    else this.byId.delete(id);
  }

  apply({ at, instanceId, after }: RegistryChange): void {
    const before = this.byId.get(instanceId);
    const wasLive = before && before.expiredAt === undefined;
    if (wasLive && (after?.name !== before.name || after.expiredAt !== undefined))
      this.names.recordSeen(before.name, after?.expiredAt ?? at);
    this.set(instanceId, after);
  }
}

const byId = (one: RecordedInstance, other: RecordedInstance): number => (one.id < other.id ? -1 : 1);

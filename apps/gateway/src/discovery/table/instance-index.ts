import type { LocalTargets } from './local-targets.js';
import { InstanceLoad } from '../model/instance-load.js';
import type { Instance, VersionHold } from '../model/instance.js';
import type { LiveServiceTable, ServiceState } from '../model/service-table.js';
import type { RegistryStore, StoreChange } from '../store/registry-store.js';
import { statusOf, statusReasonOf, type RegisteredInstance } from '../store/stored-instance.js';

/**
 * Keeps the service table in sync with the store. The changes of one turn of the event loop make one new
 * table: thousands of simultaneous registrations cost one copy of their service, not thousands.
 */
export class InstanceIndex {
  private readonly services = new Map<string, Map<string, Instance>>();
  private readonly serviceOf = new Map<string, string>();
  private readonly holds = new Map<string, ReadonlyMap<string, VersionHold>>();
  private readonly changed = new Set<string>();
  /** Instances in this process that are reached over their ports. */
  private readonly overPorts = new Set<string>();
  private flushed: Promise<void> | undefined;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly targets: LocalTargets,
    private readonly store: RegistryStore,
  ) {
    store.watch((change) => this.apply(change));
    store.names.watch((name) => this.markChanged(name));
  }

  /** The number of instances, including expired ones. */
  get total(): number {
    return this.serviceOf.size;
  }

  totalOf(service: string): number {
    return this.services.get(service)?.size ?? 0;
  }

  /** All instances of a service, including changes of the current turn of the event loop. */
  instancesOf(service: string): readonly Instance[] {
    return [...(this.services.get(service)?.values() ?? [])];
  }

  find(id: string): Instance | undefined {
    const service = this.serviceOf.get(id);
    return service === undefined ? undefined : this.services.get(service)?.get(id);
  }

  /**
   * Takes an instance out of rotation synchronously: the next selection does not see it. Returns whether it
   * was in rotation.
   */
  eject(id: string, reason: string): boolean {
    const instance = this.find(id);
    if (instance?.status !== 'up') return false;
    this.set({ ...instance, status: 'down', statusReason: reason });
    this.flush();
    return true;
  }

  /** Reaches an instance in this process over its port, or directly again. Others are always reached so. */
  reachOverPort(id: string, isOn: boolean): void {
    if (isOn) this.overPorts.add(id);
    else this.overPorts.delete(id);
    const instance = this.find(id);
    if (!instance) return;
    this.set({ ...instance, ...this.reachOf(id) });
    this.flush();
  }

  /** Holds versions of a service back, and no others. */
  holdVersions(service: string, holds: ReadonlyMap<string, VersionHold>): void {
    if (holds.size > 0) this.holds.set(service, holds);
    else this.holds.delete(service);
    for (const instance of this.instancesOf(service)) {
      const hold = holds.get(instance.version);
      if (hold !== instance.hold) this.set({ ...instance, hold });
    }
    this.flush();
  }

  /** Resolves when the table contains every change so far. */
  settled(): Promise<void> {
    return this.flushed ?? Promise.resolve();
  }

  private apply({ before, after }: StoreChange): void {
    const load = (before && this.find(before.id)?.load) ?? new InstanceLoad();
    if (before && before.name !== after?.name) this.delete(before);
    if (after) this.set(this.instanceOf(after, load));
  }

  /** The instance for the service table; this gateway's measurements of it are in `load`. */
  instanceOf(stored: RegisteredInstance, load: InstanceLoad): Instance {
    return {
      id: stored.id,
      name: stored.name,
      url: stored.url,
      endpoint: stored.endpoint,
      ...this.reachOf(stored.id),
      version: stored.version,
      weight: stored.weight,
      healthPath: stored.healthPath,
      metadata: stored.metadata,
      status: statusOf(stored),
      statusReason: statusReasonOf(stored),
      expiredAt: stored.health.expiredAt,
      hold: this.holds.get(stored.name)?.get(stored.version),
      tokenHash: stored.tokenHash,
      load,
    };
  }

  private reachOf(id: string): Pick<Instance, 'transport' | 'target'> {
    const target = this.overPorts.has(id) ? undefined : this.targets.get(id);
    return { transport: target ? 'local' : 'http', target };
  }

  private set(instance: Instance): void {
    let instances = this.services.get(instance.name);
    if (!instances) this.services.set(instance.name, (instances = new Map<string, Instance>()));
    instances.set(instance.id, instance);
    this.serviceOf.set(instance.id, instance.name);
    this.markChanged(instance.name);
  }

  private delete({ id, name }: RegisteredInstance): void {
    const instances = this.services.get(name);
    instances?.delete(id);
    if (instances?.size === 0) this.services.delete(name);
    this.serviceOf.delete(id);
    this.markChanged(name);
  }

  private stateOf(name: string): ServiceState {
    return { name, instances: this.instancesOf(name), lastSeenAt: this.store.names.all.get(name) };
  }

  private markChanged(service: string): void {
    this.changed.add(service);
    this.flushed ??= new Promise((resolve) => {
      setImmediate(() => {
        this.flush();
        this.flushed = undefined;
        resolve();
      });
    });
  }

  private flush(): void {
    if (this.changed.size === 0) return;
    const changes = [...this.changed].map((service) => this.stateOf(service));
    this.changed.clear();
    this.table.replace(this.table.current.with(changes));
  }
}

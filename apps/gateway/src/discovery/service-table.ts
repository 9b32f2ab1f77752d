import type { Instance } from './instance.js';

/** One service in the table. */
export interface ServiceEntry {
  readonly name: string;
  /** Every registered instance, in order of registration. */
  readonly instances: readonly Instance[];
  /** Those that may receive new requests: `up`, and of weight above 0. */
  readonly available: readonly Instance[];
  /** At least one instance lives in this process. */
  readonly hasLocal: boolean;
}

/** The immutable picture of all services that the request path reads; replaced whole on change. */
export class ServiceTable {
  static readonly EMPTY = new ServiceTable(new Map());

  constructor(private readonly services: ReadonlyMap<string, ServiceEntry>) {}

  /** `undefined`: no instance of that name was ever registered, or all have gone. */
  get(name: string): ServiceEntry | undefined {
    return this.services.get(name);
  }

  /** All entries, ordered by name. */
  get entries(): readonly ServiceEntry[] {
    return [...this.services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A table in which these services have these instances; a service without any is gone. */
  with(changes: Iterable<readonly [name: string, instances: readonly Instance[]]>): ServiceTable {
    const services = new Map(this.services);
    for (const [name, instances] of changes) {
      if (instances.length === 0) services.delete(name);
      else services.set(name, entryOf(name, instances));
    }
    return new ServiceTable(services);
  }
}

const isAvailable = (instance: Instance): boolean => instance.status === 'up' && instance.weight > 0;

const entryOf = (name: string, instances: readonly Instance[]): ServiceEntry => ({
  name,
  instances,
  available: instances.filter(isAvailable),
  hasLocal: instances.some(({ transport }) => transport === 'local'),
});

/** Holds the table of now. Readers take `current` once per request and keep it. */
export class LiveServiceTable {
  private table = ServiceTable.EMPTY;
  private readonly listeners = new Set<(table: ServiceTable) => void>();

  get current(): ServiceTable {
    return this.table;
  }

  replace(table: ServiceTable): void {
    this.table = table;
    for (const listener of this.listeners) listener(table);
  }

  /** Calls `listener` with every new table; returns how to stop. */
  onChange(listener: (table: ServiceTable) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

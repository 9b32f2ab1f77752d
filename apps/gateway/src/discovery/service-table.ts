import type { Instance } from './instance.js';

/** One service in the table. It stays there without any instance for as long as its name is known. */
export interface ServiceEntry {
  readonly name: string;
  /** Every listed instance, expired ones too, in order of registration. */
  readonly instances: readonly Instance[];
  /** Those whose lease runs. */
  readonly live: readonly Instance[];
  /** Those that may receive new requests: `up`, and of weight above 0. */
  readonly available: readonly Instance[];
  /** At least one instance lives in this process. */
  readonly hasLocal: boolean;
  /** When the last lease ended, milliseconds since the epoch; `undefined`: a lease runs. */
  readonly lastSeenAt: number | undefined;
}

/** What a service is in the table by. */
export interface ServiceState {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** Since when the service is without one of its instances; `undefined`: its name is not kept. */
  readonly lastSeenAt?: number | undefined;
}

/** The immutable picture of all services that the request path reads; replaced whole on change. */
export class ServiceTable {
  static readonly EMPTY = new ServiceTable(new Map());

  constructor(private readonly services: ReadonlyMap<string, ServiceEntry>) {}

  /** `undefined`: the name is not known. */
  get(name: string): ServiceEntry | undefined {
    return this.services.get(name);
  }

  /** All entries, ordered by name. */
  get entries(): readonly ServiceEntry[] {
    return [...this.services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A table in which these services stand so; one without instances whose name is not kept is gone. */
  with(changes: Iterable<ServiceState>): ServiceTable {
    const services = new Map(this.services);
    for (const state of changes) {
      if (state.instances.length === 0 && state.lastSeenAt === undefined) services.delete(state.name);
      else services.set(state.name, entryOf(state));
    }
    return new ServiceTable(services);
  }
}

const isAvailable = (instance: Instance): boolean => instance.status === 'up' && instance.weight > 0;

const isLive = ({ expiredAt }: Instance): boolean => expiredAt === undefined;

function entryOf({ name, instances, lastSeenAt = 0 }: ServiceState): ServiceEntry {
  const live = instances.filter(isLive);
  return {
    name,
    instances,
    live,
    available: live.filter(isAvailable),
    hasLocal: live.some(({ transport }) => transport === 'local'),
    lastSeenAt: live.length > 0 ? undefined : lastEndOf(instances, lastSeenAt),
  };
}

const lastEndOf = (expired: readonly Instance[], lastSeenAt: number): number =>
  expired.reduce((latest, { expiredAt = 0 }) => Math.max(latest, expiredAt), lastSeenAt);

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

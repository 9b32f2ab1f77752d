import type { Instance } from './instance.js';

/** One service in the table. It stays there without instances for as long as its name is known. */
export interface ServiceEntry {
  readonly name: string;
  /** All listed instances, including expired ones, in order of registration. */
  readonly instances: readonly Instance[];
  /** The instances whose lease runs. */
  readonly live: readonly Instance[];
  /** The instances that may receive new requests: `up`, with a weight above 0. */
  readonly available: readonly Instance[];
  /** Those that routes may select by version: also instances whose version is held back from other routes. */
  readonly availableByVersion: readonly Instance[];
  /** At least one instance runs in this process. */
  readonly hasLocal: boolean;
  /** When the last lease ended, milliseconds since the epoch; `undefined` while a lease runs. */
  readonly lastSeenAt: number | undefined;
}

/** The input of a table entry. */
export interface ServiceState {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** When the service last lost an instance, milliseconds since the epoch; `undefined` if its name is not kept. */
  readonly lastSeenAt?: number | undefined;
}

/** The immutable table of all services that the request path reads; replaced as a whole on every change. */
export class ServiceTable {
  static readonly EMPTY = new ServiceTable(new Map());

  constructor(private readonly services: ReadonlyMap<string, ServiceEntry>) {}

  /** `undefined` if the name is unknown. */
  get(name: string): ServiceEntry | undefined {
    return this.services.get(name);
  }

  /** All entries, ordered by name. */
  get entries(): readonly ServiceEntry[] {
    return [...this.services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A table with these services replaced; one without instances whose name is not kept is removed. */
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
  const ready = live.filter(isAvailable);
  // One list where nothing is held back.
  const isHeld = ready.some(({ hold }) => hold);
  return {
    name,
    instances,
    live,
    available: isHeld ? ready.filter(({ hold }) => !hold) : ready,
    availableByVersion: isHeld ? ready.filter(({ hold }) => hold?.kind !== 'quarantine') : ready,
    hasLocal: live.some(({ transport }) => transport === 'local'),
    lastSeenAt: live.length > 0 ? undefined : lastEndOf(instances, lastSeenAt),
  };
}

const lastEndOf = (expired: readonly Instance[], lastSeenAt: number): number =>
  expired.reduce((latest, { expiredAt = 0 }) => Math.max(latest, expiredAt), lastSeenAt);

/** Holds the current table. Readers read `current` once per request and keep that table. */
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

  /** Calls `listener` with every new table; returns a function that unsubscribes it. */
  onChange(listener: (table: ServiceTable) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

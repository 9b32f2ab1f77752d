import { DEFAULT_VERSION } from '#contracts';
import type { LiveServiceTable, ServiceEntry } from '../../discovery/index.js';
import { FIRST_DELAY_MS, type CheckSchedule } from './check-schedule.js';
import { ServiceContract } from './service-contract.js';

/** The services of the service table that declare versions. Schedules the check of each new version. */
export class SeenServices {
  private readonly services = new Map<string, ServiceContract>();
  private readonly followed = new Map<string, ServiceEntry>();

  /** @param onGone called for a service that is no longer in the table */
  constructor(
    private readonly table: LiveServiceTable,
    private readonly schedule: Pick<CheckSchedule, 'add'>,
    private readonly onGone: (service: string) => void,
  ) {
    table.onChange(() => this.follow());
  }

  get(service: string): ServiceContract | undefined {
    return this.services.get(service);
  }

  /** By name. */
  get all(): readonly ServiceContract[] {
    return [...this.services.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  private follow(): void {
    const { entries } = this.table.current;
    for (const entry of entries) {
      if (this.followed.get(entry.name) === entry) continue;
      this.followed.set(entry.name, entry);
      this.followEntry(entry);
    }
    if (this.followed.size > entries.length) this.forget(new Set(entries.map(({ name }) => name)));
  }

  private forget(names: ReadonlySet<string>): void {
    for (const name of [...this.followed.keys()].filter((each) => !names.has(each))) {
      this.followed.delete(name);
      this.services.delete(name);
      this.onGone(name);
    }
  }

  private followEntry({ name, live }: ServiceEntry): void {
    // An instance that declares no version is no new version of its service.
    const declared = live.filter(({ version }) => version !== DEFAULT_VERSION);
    const versions = new Set(declared.map(({ version }) => version));
    // The document of an instance in this process is made by this process: only if it is needed.
    if (versions.size === 1 && live.every(({ transport }) => transport === 'local')) return;
    for (const version of versions) {
      if (this.services.get(name)?.versions.has(version)) continue;
      const known = this.services.get(name) ?? new ServiceContract(name);
      this.services.set(name, known);
      known.see(version);
      known.dropOldest(versions);
      const isFirst = known.versions.size === 1;
      this.schedule.add(name, version, isFirst && versions.size === 1 ? FIRST_DELAY_MS : 0);
      // Now there is something to compare: the first version need not wait any longer.
      if (!isFirst && !known.contract)
        for (const other of known.versions.values())
          if (other.status === 'waiting') this.schedule.add(name, other.version, 0);
    }
  }
}

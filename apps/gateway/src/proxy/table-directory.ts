import type { RouteTraffic } from '#contracts';
import type { Ejector, LiveServiceTable, RegistryService, ServiceEntry } from '../discovery/index.js';
import type { TrafficSplits } from '../policy/index.js';
import type { EjectionListener, InstanceDirectory } from '../telemetry/metrics/index.js';

/** Provides metrics with a view of discovery. */
export class TableDirectory implements InstanceDirectory {
  constructor(
    private readonly table: LiveServiceTable,
    private readonly registry: RegistryService,
    private readonly ejector: Ejector,
    private readonly splits: TrafficSplits,
  ) {}

  get services(): readonly ServiceEntry[] {
    return this.table.current.entries;
  }

  get isRegistryUp(): boolean {
    return this.registry.unavailableSince === undefined;
  }

  loadsOf(service: string): ReadonlyMap<string, number> | undefined {
    const entry = this.table.current.get(service);
    return entry && new Map(entry.live.map(({ id, load }) => [id, load.inFlight]));
  }

  trafficOf(service: string): readonly RouteTraffic[] {
    const entry = this.table.current.get(service);
    return entry ? this.splits.trafficOf(entry) : [];
  }

  onEjection(listener: EjectionListener): void {
    this.ejector.onEjection(listener);
  }
}

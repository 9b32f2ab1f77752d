import type { LiveServiceTable } from '../../discovery/index.js';
import type { InstanceDirectory } from '../../metrics/index.js';

/** Tells metrics which instances there are, from the service table. */
export class TableDirectory implements InstanceDirectory {
  constructor(private readonly services: LiveServiceTable) {}

  loadsOf(service: string): ReadonlyMap<string, number> | undefined {
    const entry = this.services.current.get(service);
    return entry && new Map(entry.instances.map(({ id, load }) => [id, load.inFlight]));
  }
}

import type { Instance } from '../../model/instance.js';
import type { LiveServiceTable, ServiceTable } from '../../model/service-table.js';
import { registryId } from '../registration.js';
import { CONSUL_CHECK } from './consul-registration.js';

/** Finds the instance of a check: by `service:{id}`, `service:{id}:{n}`, or the id that the client chose. */
export class ConsulChecks {
  private seen: ServiceTable | undefined;
  private chosen: ReadonlyMap<string, string> = new Map();

  constructor(private readonly table: LiveServiceTable) {}

  /** Ids in this registry to try, in this order. */
  idsOf(checkId: string): readonly string[] {
    const chosen = this.chosenIds().get(checkId);
    if (chosen !== undefined) return [chosen];
    const [, service] = /^service:(.+)$/s.exec(checkId) ?? [];
    if (service === undefined) return [];
    return [registryId(service), registryId(service.replace(/:\d+$/, ''))];
  }

  /** Read from the table once per change of the table, not once per report. */
  private chosenIds(): ReadonlyMap<string, string> {
    const { current } = this.table;
    if (current === this.seen) return this.chosen;
    this.seen = current;
    const instances = current.entries.flatMap((entry): readonly Instance[] => entry.instances);
    this.chosen = new Map(
      instances.flatMap(({ id, metadata }) => {
        const check = metadata[CONSUL_CHECK];
        return check === undefined ? [] : [[check, id] as const];
      }),
    );
    return this.chosen;
  }
}

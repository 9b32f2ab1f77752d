import type { Instance } from '../../model/instance.js';
import type { LiveServiceTable, ServiceTable } from '../../model/service-table.js';
import { CONSUL_CHECK, CONSUL_ID, CONSUL_LEASE, defaultCheckId } from './consul-registration.js';

/**
 * Finds the instance of a TTL check by its whole id. A part of an id would be ambiguous: `service:web:1` is the check of
 * `web:1`, or the first of several checks of `web`.
 */
export class ConsulChecks {
  private seen: ServiceTable | undefined;
  private instances: ReadonlyMap<string, string> = new Map();

  constructor(private readonly table: LiveServiceTable) {}

  /** The id in this registry; `undefined` if no instance has the check, or has it no more. */
  instanceOf(checkId: string): string | undefined {
    return this.byCheck().get(checkId);
  }

  /** Read from the table once per change of the table, not once per report. */
  private byCheck(): ReadonlyMap<string, string> {
    const { current } = this.table;
    if (current === this.seen) return this.instances;
    this.seen = current;
    const instances = current.entries.flatMap((entry): readonly Instance[] => entry.instances);
    this.instances = new Map(
      instances.flatMap(({ id, metadata }) => ttlChecksOf(metadata).map((check) => [check, id] as const)),
    );
    return this.instances;
  }
}

/** Ids of the TTL checks of an instance; none if it was not registered by a Consul client. */
function ttlChecksOf(metadata: Instance['metadata']): readonly string[] {
  const { [CONSUL_ID]: id, [CONSUL_LEASE]: lease, [CONSUL_CHECK]: checks } = metadata;
  if (id === undefined || lease !== undefined) return [];
  return checks?.split(',') ?? [defaultCheckId(id)];
}

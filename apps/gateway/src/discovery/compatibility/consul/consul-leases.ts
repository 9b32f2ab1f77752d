import type { Instance } from '../../model/instance.js';
import type { LiveServiceTable } from '../../model/service-table.js';
import type { PeriodicTask } from '../../schedule/discovery-timer.js';
import { SWEEP_INTERVAL_MS } from '../../store/lost-time.js';
import type { RegistryStore } from '../../store/registry-store.js';
import { CONSUL_DEREGISTERS, CONSUL_LEASE } from './consul-registration.js';

const TICKS_PER_RENEWAL = 1000 / SWEEP_INTERVAL_MS;

/**
 * Renews the leases of instances whose clients registered with an HTTP check or without a check: Consul's agent
 * keeps such a service without any report. An instance that is down and is to be deregistered then is left to expire.
 */
export class ConsulLeases implements PeriodicTask {
  private ticks = 0;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly store: RegistryStore,
  ) {}

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % TICKS_PER_RENEWAL !== 0) return;
    const ids = this.table.current.entries
      .flatMap(({ live }): readonly Instance[] => live)
      .filter((instance) => isKept(instance) && this.store.isResponsibleFor(instance.id))
      .map(({ id }) => id);
    if (ids.length > 0) await this.store.renewLeases(ids);
  }
}

const isKept = ({ metadata, status }: Instance): boolean =>
  metadata[CONSUL_LEASE] === 'gateway' && (status !== 'down' || metadata[CONSUL_DEREGISTERS] !== 'true');

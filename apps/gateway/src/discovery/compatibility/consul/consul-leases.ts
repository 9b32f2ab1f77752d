import { LeaseRenewal } from '../../leases/lease-renewal.js';
import type { Instance } from '../../model/instance.js';
import { CONSUL_DEREGISTERS, CONSUL_LEASE } from './consul-registration.js';

/**
 * Renews the leases of instances whose clients registered with an HTTP check or without a check: Consul's agent
 * keeps such a service without any report. An instance that is down and is to be deregistered then is left to expire.
 */
export class ConsulLeases extends LeaseRenewal {
  protected override idsToRenew(): readonly string[] {
    return this.table.current.entries
      .flatMap(({ live }): readonly Instance[] => live)
      .filter((instance) => isKept(instance) && this.store.isResponsibleFor(instance.id))
      .map(({ id }) => id);
  }
}

const isKept = ({ metadata, status }: Instance): boolean =>
  metadata[CONSUL_LEASE] === 'gateway' && (status !== 'down' || metadata[CONSUL_DEREGISTERS] !== 'true');

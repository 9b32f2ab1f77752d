import type { ExpiredInstances } from '../leases/expired-instances.js';
import { registryFull, tooManyInstances } from '../model/problems.js';
import type { InstanceIndex } from '../table/instance-index.js';

/** Limits on live instances: a client that registers in a loop must not exhaust the gateway's memory. */
export interface RegistryLimits {
  readonly instances: number;
  readonly instancesPerService: number;
}

export const DEFAULT_LIMITS: RegistryLimits = { instances: 20_000, instancesPerService: 10_000 };

/** The inputs of the limit check: expired instances do not count. */
interface Counted {
  readonly limits: RegistryLimits;
  readonly index: InstanceIndex;
  readonly expired: ExpiredInstances;
}

/** Checks that instance `id` may be added to `service`. @throws registryFull, tooManyInstances */
export function checkLimits({ limits, index, expired }: Counted, id: string, service: string): void {
  const found = index.find(id);
  const live = found?.expiredAt === undefined ? found : undefined;
  if (!live && index.total - expired.total >= limits.instances)
    throw registryFull(`the registry has reached its limit of ${limits.instances} instances`);
  if (
    live?.name !== service &&
    index.totalOf(service) - expired.totalOf(service) >= limits.instancesPerService
  )
    throw tooManyInstances(`${service} has reached its limit of ${limits.instancesPerService} instances`);
}

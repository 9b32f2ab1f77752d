import type { ExpiredInstances } from '../leases/expired-instances.js';
import { registryFull, tooManyInstances } from '../model/problems.js';
import type { TableKeeper } from '../table/table-keeper.js';

/** Limits on live instances: a client that registers in a loop must not exhaust the gateway's memory. */
export interface RegistryLimits {
  readonly instances: number;
  readonly instancesPerService: number;
}

export const DEFAULT_LIMITS: RegistryLimits = { instances: 20_000, instancesPerService: 10_000 };

/** The inputs of the limit check: expired instances do not count. */
interface Counted {
  readonly limits: RegistryLimits;
  readonly keeper: TableKeeper;
  readonly expired: ExpiredInstances;
}

/** Checks that instance `id` may be added to `service`. @throws registryFull, tooManyInstances */
export function checkLimits({ limits, keeper, expired }: Counted, id: string, service: string): void {
  const found = keeper.find(id);
  const live = found?.expiredAt === undefined ? found : undefined;
  if (!live && keeper.total - expired.total >= limits.instances)
    throw registryFull(`the registry has reached its limit of ${limits.instances} instances`);
  if (
    live?.name !== service &&
    keeper.totalOf(service) - expired.totalOf(service) >= limits.instancesPerService
  )
    throw tooManyInstances(`${service} has reached its limit of ${limits.instancesPerService} instances`);
}

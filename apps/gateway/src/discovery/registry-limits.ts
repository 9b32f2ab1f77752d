import { registryFull, tooManyInstances } from './problems.js';
import type { TableKeeper } from './table-keeper.js';

/** How much a registry takes in before it says no: a client that registers in a loop must not end the gateway. */
export interface RegistryLimits {
  readonly instances: number;
  readonly instancesPerService: number;
}

export const DEFAULT_LIMITS: RegistryLimits = { instances: 20_000, instancesPerService: 10_000 };

/** @throws registryFull, tooManyInstances when instance `id` has no room in `service`. */
export function checkLimits(limits: RegistryLimits, keeper: TableKeeper, id: string, service: string): void {
  const known = keeper.find(id);
  if (!known && keeper.total >= limits.instances)
    throw registryFull(`the registry holds ${limits.instances} instances, which is all it takes`);
  if (known?.name !== service && keeper.totalOf(service) >= limits.instancesPerService)
    throw tooManyInstances(
      `${service} has ${limits.instancesPerService} instances, which is all it may have`,
    );
}

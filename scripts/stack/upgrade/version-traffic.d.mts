import type { WeightedInstance } from './roll-out.mjs';
import type { ServiceRegistry } from './service-registry.mjs';

export class VersionTraffic {
  constructor(
    path: string,
    registry: ServiceRegistry<string>,
    yaml: Pick<typeof import('yaml'), 'parseDocument'>,
  );
  canDivide(oldInstances: readonly WeightedInstance[], newInstances: readonly WeightedInstance[]): boolean;
  divide(
    oldInstances: readonly WeightedInstance[],
    newInstances: readonly WeightedInstance[],
    weight: number,
  ): Promise<void>;
  restore(): void;
}

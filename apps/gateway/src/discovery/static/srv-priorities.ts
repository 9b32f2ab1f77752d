import type { RegistryService } from '../registry/registry.service.js';
import type { InstanceIndex } from '../table/instance-index.js';
import type { DnsInstance } from './dns-instances.js';

/**
 * Gives the instances of each priority their weight while none of a lower number is up, else 0 (RFC 2782: clients use
 * the lowest-numbered priority that they reach). Those of the lowest number keep their weight always.
 */
export async function applyPriorities(
  group: readonly DnsInstance[],
  index: InstanceIndex,
  registry: RegistryService,
): Promise<void> {
  const [lowest, ...others] = [...new Set(group.map(({ priority }) => priority))].sort((a, b) => a - b);
  const isUp = (of: number | undefined): boolean =>
    group.some(({ id, priority }) => priority === of && index.find(id)?.status === 'up');
  let isServed = isUp(lowest);
  for (const priority of others) {
    for (const instance of group.filter((each) => each.priority === priority)) {
      const weight = isServed ? 0 : instance.activeWeight;
      const known = index.find(instance.id);
      if (known && known.weight !== weight) await registry.setWeight(instance.id, weight);
    }
    isServed ||= isUp(priority);
  }
}

import type { Instance } from '../../discovery/index.js';
import type { Balancer, Picking } from './balancer.js';

/** Each instance in its turn. */
export class RoundRobinBalancer implements Balancer {
  readonly name = 'round-robin';
  private turn = 0;

  pick(available: readonly Instance[], exchange: Picking): Instance | undefined {
    const { length } = available;
    for (let step = 0; step < length; step += 1) {
      const index = (this.turn + step) % length;
      const instance = available[index];
      if (!instance || exchange.hasTried(instance)) continue;
      this.turn = index + 1;
      return instance;
    }
    return undefined;
  }
}

import { InstanceLoad, type Instance } from '../../discovery/index.js';
import type { Balancer, Picking } from '../exchange/balancer.js';

/**
 * Selects among instances with a load of their own: copies of requests are not in flight for the limits and balancers of
 * the service, whose requests do not wait for them.
 */
export class IsolatedBalancer implements Balancer {
  readonly name = 'isolated';
  private readonly loads = new WeakMap<InstanceLoad, InstanceLoad>();
  private available: readonly Instance[] = [];
  private isolated: readonly Instance[] = [];

  /** @param accepts whether an instance may be selected */
  constructor(
    private readonly inner: Balancer,
    private readonly accepts: (instance: Instance) => boolean = () => true,
  ) {}

  pick(available: readonly Instance[], exchange: Picking): Instance | undefined {
    if (available !== this.available) {
      this.available = available;
      this.isolated = available.filter(this.accepts).map((each) => ({ ...each, load: this.loadOf(each) }));
    }
    return this.inner.pick(this.isolated, exchange);
  }

  private loadOf({ load }: Instance): InstanceLoad {
    const known = this.loads.get(load) ?? new InstanceLoad();
    this.loads.set(load, known);
    return known;
  }
}

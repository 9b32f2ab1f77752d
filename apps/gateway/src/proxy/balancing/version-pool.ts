import type { Instance } from '../../discovery/index.js';
import type { Balancer, RouteLoad } from '../exchange/balancer.js';
import type { RouteVersion } from '../exchange/route.js';

/** The instances of one version of a service, and the balancer that keeps state for them. */
export class VersionPool implements RouteVersion {
  readonly load: RouteLoad = { inFlight: 0 };
  readonly balancer: Balancer;
  private all: readonly Instance[] = [];
  private own: readonly Instance[] = [];

  constructor(
    readonly version: string,
    newBalancer: (load: RouteLoad) => Balancer,
  ) {
    this.balancer = newBalancer(this.load);
  }

  /** A change of the service replaces its whole list, so the list of the version is made once per change. */
  instancesIn(available: readonly Instance[]): readonly Instance[] {
    if (available !== this.all) {
      this.all = available;
      this.own = available.filter(({ version }) => version === this.version);
    }
    return this.own;
  }
}

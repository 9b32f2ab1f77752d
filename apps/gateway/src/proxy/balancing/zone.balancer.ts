import type { Instance } from '../../discovery/index.js';
import type { Balancer, Picking, RouteLoad } from '../exchange/balancer.js';

/** Metadata key that names the zone of an instance. */
const ZONE_KEY = 'zone';
/** Requests in flight that an instance of the zone may have, relative to the average, before other zones are used. */
const OVERFLOW = 2;

/** Prefers instances of the gateway's zone while they are not much busier than the average. */
export class ZoneBalancer implements Balancer {
  private list: readonly Instance[] = [];
  private near: readonly Instance[] = [];

  /**
   * @param nearby picks within the zone
   * @param all picks from all zones; separate because each balancer keeps state for its own list
   */
  constructor(
    private readonly zone: string,
    private readonly load: RouteLoad,
    private readonly nearby: Balancer,
    private readonly all: Balancer,
  ) {}

  get name(): string {
    return `${this.all.name} in zone ${this.zone}`;
  }

  pick(available: readonly Instance[], exchange: Picking): Instance | undefined {
    if (available !== this.list) {
      this.list = available;
      this.near = available.filter(({ metadata }) => metadata[ZONE_KEY] === this.zone);
    }
    const picked = this.near.length === 0 ? undefined : this.nearby.pick(this.near, exchange);
    return picked && this.isBearable(picked) ? picked : this.all.pick(available, exchange);
  }

  private isBearable({ load }: Instance): boolean {
    return load.inFlight <= OVERFLOW * (1 + this.load.inFlight / this.list.length);
  }
}

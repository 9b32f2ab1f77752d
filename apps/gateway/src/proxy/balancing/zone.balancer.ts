import type { Instance } from '../../discovery/index.js';
import type { Balancer, Picking, RouteLoad } from './balancer.js';

/** Key of an instance's metadata that names where it runs. */
export const ZONE_KEY = 'zone';
/** How much more than the average an instance next door may have in flight before others help out. */
const OVERFLOW = 2;

/** Prefers instances of the gateway's own zone for as long as they are not much busier than the rest. */
export class ZoneBalancer implements Balancer {
  private list: readonly Instance[] = [];
  private near: readonly Instance[] = [];

  /**
   * @param nearby picks in the zone, `all` everywhere; two, since each prepares for its own list
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

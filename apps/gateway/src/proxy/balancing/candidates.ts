import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import { routeOf, type Route } from '../exchange/route.js';
import type { Picking } from '../exchange/balancer.js';

/** The part of an exchange that determines its candidate instances. */
export interface Routed extends Picking {
  readonly route: Route | undefined;
}

/** Instances that can take the attempts of an exchange at this moment. */
export class Candidates {
  constructor(private readonly services: LiveServiceTable) {}

  /** The available instances of the routed service. */
  of(exchange: Routed): readonly Instance[] {
    return this.services.current.get(routeOf(exchange).service)?.available ?? [];
  }

  /** The instance picked by the route's balancer; `undefined` when all are full or have been tried. */
  select(exchange: Routed): Instance | undefined {
    return routeOf(exchange).balancer.pick(this.of(exchange), exchange);
  }

  /** Whether another instance is available that this exchange has not tried. */
  hasOther(exchange: Routed, { id }: Instance): boolean {
    return this.of(exchange).some((other) => other.id !== id && !exchange.hasTried(other));
  }

  /** The current table entry of instance `id`, if it is still available. */
  selectAgain(exchange: Routed, id: string | undefined): Instance | undefined {
    return this.of(exchange).find((each) => each.id === id);
  }
}

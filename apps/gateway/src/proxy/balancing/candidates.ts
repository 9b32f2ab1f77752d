import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import type { Destination } from '../routing/destination.js';
import { destinationOf } from '../routing/destination-of.js';
import type { Picking } from './balancer.js';

/** An exchange, as far as it matters for whom it can meet. */
export interface Routed extends Picking {
  readonly route: Destination | undefined;
}

/** Who can take the attempts of an exchange at this moment. */
export class Candidates {
  constructor(private readonly services: LiveServiceTable) {}

  /** The instances of its service that take requests now. */
  of(exchange: Routed): readonly Instance[] {
    return this.services.current.get(destinationOf(exchange).service)?.available ?? [];
  }

  /** The one that the route's balancer picks; `undefined` when all are full or have been tried. */
  pick(exchange: Routed): Instance | undefined {
    return destinationOf(exchange).balancer.pick(this.of(exchange), exchange);
  }

  /** Whether anybody is left to be tried beside this one. */
  hasOther(exchange: Routed, { id }: Instance): boolean {
    return this.of(exchange).some((other) => other.id !== id && !exchange.hasTried(other));
  }

  /** The same instance as it stands in the table now, if it is still there. */
  again(exchange: Routed, id: string | undefined): Instance | undefined {
    return this.of(exchange).find((each) => each.id === id);
  }
}

import type { Balancing } from '../../policy/policy.js';
import type { Balancer, RouteLoad } from '../exchange/balancer.js';
import { ConsistentHashBalancer } from './consistent-hash.balancer.js';
import { PowerOfTwoBalancer } from './power-of-two.balancer.js';
import { RoundRobinBalancer } from './round-robin.balancer.js';
import { StickyCookieBalancer } from './sticky-cookie.balancer.js';
import { WarmUp } from './warm-up.js';
import { ZoneBalancer } from './zone.balancer.js';

/** The surroundings of a balancer: its service, load, limit and zone. */
export interface BalancerPlace {
  readonly service: string;
  readonly load: RouteLoad;
  /** Maximum requests in flight to one instance. */
  readonly instanceLimit: number;
  /** Zone of the gateway; `undefined`: no zone is preferred. */
  readonly zone: string | undefined;
}

/** Creates the balancer that a policy declares. */
export function createBalancer(balancing: Balancing, place: BalancerPlace): Balancer {
  const { load, instanceLimit } = place;
  switch (balancing.kind) {
    case 'power-of-two':
    case 'round-robin':
      return spreading(balancing, place);
    case 'consistent-hash':
      return new ConsistentHashBalancer(balancing.hashOn, load, spreading(balancing, place), instanceLimit);
    case 'sticky-cookie':
      return new StickyCookieBalancer(
        `affinity-${place.service}`,
        spreading(balancing, place),
        instanceLimit,
      );
  }
}

/** A balancer that spreads requests regardless of the client. */
function spreading({ kind, slowStartMs }: Balancing, { load, instanceLimit, zone }: BalancerPlace): Balancer {
  const Kind = kind === 'round-robin' ? RoundRobinBalancer : PowerOfTwoBalancer;
  const create = (): Balancer => new Kind(new WarmUp(slowStartMs), instanceLimit);
  return zone === undefined ? create() : new ZoneBalancer(zone, load, create(), create());
}

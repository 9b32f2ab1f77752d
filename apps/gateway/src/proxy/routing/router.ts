import type { Problem } from '#contracts';
import { escapes } from '../edge/path-rules.js';
import type { Exchange } from '../exchange.js';
import { malformedRequest, pathEscapesService, unknownService } from '../problems.js';
import type { Route } from './route.js';
import type { RouteTable } from './route-table.js';
import { API_PREFIX, pathEnd, serviceEnd, serviceOf, upstreamTargetOf } from './target.js';

/** Finds the route of an exchange and what its instance is asked for. */
export class Router {
  constructor(private readonly routes: RouteTable) {}

  /** The exchange's route, noted on it as well; or the problem with its target. */
  match(exchange: Exchange): Route | Problem {
    const { target } = exchange;
    if (target.includes('#')) return malformedRequest('a request target has no fragment');
    const path = target.slice(API_PREFIX.length, pathEnd(target));
    const end = serviceEnd(target);
    const service = serviceOf(target, end);
    if (escapes(path.slice(service.length + 1)) || isDots(service))
      return pathEscapesService('dot segments lead out of the service');
    const route = this.routes.get(service);
    if (!route) return unknownService('no service of this name is registered');
    exchange.route = route;
    exchange.upstreamTarget = upstreamTargetOf(target, end);
    return route;
  }
}

// `/api/..` would be another endpoint to whoever normalises it.
const isDots = (service: string): boolean => escapes(`/${service}`) || service === '.';

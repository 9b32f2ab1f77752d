import { Problem, SERVICE_NAME } from '#contracts';
import { escapes } from '../http1/rules/path-rules.js';
import type { Exchange } from '../exchange/exchange.js';
import { noneHealthy } from '../forward/failure-problem.js';
import {
  ambiguousPath,
  malformedRequest,
  originNotAllowed,
  pathEscapesService,
  unknownService,
} from '../exchange/problems.js';
import type { RegisteredServices } from './registered-services.js';
import type { RouteTable } from './route-table.js';
import type { Route } from '../exchange/route.js';
import type { MatchedRequest } from './service-routes.js';
import { pathEnd, serviceEnd, serviceOf, upstreamTargetOf } from '../http1/rules/target.js';

/** Determines the route and the upstream target of an exchange. */
export class Router {
  /**
   * @param isComplete whether the registry holds all services; until then, an unknown name may belong to a service
   * @param registered names the services to clients of unknown ones; absent if clients must not see them
   */
  constructor(
    private readonly routes: Pick<RouteTable, 'routesOf'>,
    private readonly isComplete: () => boolean = () => true,
    private readonly registered?: Pick<RegisteredServices, 'describe'>,
  ) {}

  /**
   * Sets the route and upstream target of the exchange and returns the route, or returns a problem with its target.
   */
  match(exchange: Exchange): Route | Problem {
    const { target } = exchange;
    const end = serviceEnd(target);
    const upstreamTarget = upstreamTargetOf(target, end);
    const route = this.find(target, end, upstreamTarget, exchange);
    if (route instanceof Problem) return route;
    exchange.route = route;
    exchange.upstreamTarget = upstreamTarget;
    return route;
  }

  /** The route of a request for a target under `/api`, without an exchange. */
  resolve(
    target: string,
    request: MatchedRequest,
  ): { route: Route; upstreamTarget: string } | { problem: Problem } {
    const end = serviceEnd(target);
    const upstreamTarget = upstreamTargetOf(target, end);
    const route = this.find(target, end, upstreamTarget, request);
    return route instanceof Problem ? { problem: route } : { route, upstreamTarget };
  }

  private find(
    target: string,
    end: number,
    upstreamTarget: string,
    request: MatchedRequest,
  ): Route | Problem {
    const service = serviceOf(target, end);
    // A server that normalises `/api/..` would treat it as another endpoint.
    if (escapes(`/${service}`) || escapes(target.slice(end, pathEnd(target))))
      return pathEscapesService('dot segments in the path lead outside the service');
    if (target.includes('#')) return malformedRequest('the request target must not contain a fragment');
    const route = this.routes.routesOf(service)?.select(upstreamTarget, request);
    if (route === 'ambiguous')
      return ambiguousPath(
        'servers read this path in different ways, and the policy of the service depends on it',
      );
    if (route === 'no-cors') return originNotAllowed('the announced request has no CORS policy');
    return route ?? this.missing(service);
  }

  private missing(service: string): Problem {
    if (this.isComplete() || !SERVICE_NAME.test(service))
      return unknownService(`no service with this name is registered${this.registered?.describe() ?? ''}`);
    return noneHealthy('the gateway is starting and has not loaded the registry yet');
  }
}

import { AMBIGUOUS_PATH, type RouteMatch } from '../../policy/route-match.js';
import { announcedMethod } from '../http1/rules/preflight.js';
import type { Route } from '../exchange/route.js';
import { pathEnd } from '../http1/rules/target.js';

/** A request, as far as routes distinguish requests. */
export interface MatchedRequest {
  readonly method: string;
  header(name: string): string | undefined;
}

/** A route and the condition under which it is selected. */
interface ConditionalRoute {
  readonly route: Route;
  readonly matches: (path: string, target: string, request: MatchedRequest) => boolean;
}

/** The compiled routes of one service. */
export class ServiceRoutes {
  private readonly conditional: readonly ConditionalRoute[];
  private readonly hasPaths: boolean;
  /** A preflight and the request that it announces may get different routes, and one of them has a CORS policy. */
  private readonly splitsPreflights: boolean;

  /**
   * @param base route of requests that no other route matches; `undefined`: they are for an unknown service
   * @param others routes with their matches, the most specific first
   */
  constructor(
    readonly base: Route | undefined,
    others: readonly { readonly route: Route; readonly match: RouteMatch }[],
  ) {
    this.conditional = others.map(({ route, match }) => ({ route, matches: conditionOf(match) }));
    this.splitsPreflights =
      others.some(({ match }) => match.methods !== undefined) &&
      [base, ...others.map(({ route }) => route)].some((route) => route?.policy.cors !== undefined);
    this.hasPaths = others.some(({ match }) => match.path !== undefined);
  }

  /**
   * The route of a request; `ambiguous` if the policy depends on its path and servers read that path differently;
   * `no-cors` for a preflight of a request whose route has no CORS policy, if the preflight's own route has one.
   * @param target path and query for the instance
   */
  select(target: string, request: MatchedRequest): Route | 'ambiguous' | 'no-cors' | undefined {
    if (this.conditional.length === 0) return this.base;
    const path = target.slice(0, pathEnd(target));
    if (this.hasPaths && AMBIGUOUS_PATH.test(path)) return 'ambiguous';
    if (this.splitsPreflights) {
      const method = announcedMethod(request);
      if (method !== undefined) return this.ofPreflight(path, target, request, method);
    }
    return this.find(path, target, request);
  }

  private find(path: string, target: string, request: MatchedRequest): Route | undefined {
    for (const { route, matches } of this.conditional) if (matches(path, target, request)) return route;
    return this.base;
  }

  /**
   * A preflight gets the route of the request that it announces, whose CORS policy responds to it. Without such a policy
   * the preflight is a plain OPTIONS request, and must not reach the service by a route for other methods. Fields of the
   * announced request are unknown: a route with conditions on them does not get its preflights.
   */
  private ofPreflight(
    path: string,
    target: string,
    request: MatchedRequest,
    method: string,
  ): Route | 'no-cors' | undefined {
    const announced = this.find(path, target, { method, header: (name) => request.header(name) });
    if (announced?.policy.cors) return announced;
    const own = this.find(path, target, request);
    return own?.policy.cors ? 'no-cors' : own;
  }
}

type Condition = ConditionalRoute['matches'];

/** The conditions of a match as one function, which tests only those that the match has. */
function conditionOf({ path, methods, headers, query }: RouteMatch): Condition {
  const conditions: Condition[] = [];
  if (path) conditions.push(pathCondition(path.path, path.isExact));
  if (methods) conditions.push((_path, _target, { method }) => methods.includes(method));
  for (const [name, value] of headers ?? []) {
    const lower = name.toLowerCase();
    conditions.push((_path, _target, request) => request.header(lower) === value);
  }
  for (const [name, value] of query ?? [])
    conditions.push((_path, target) => hasParameter(target.slice(pathEnd(target) + 1), name, value));
  const [only] = conditions;
  if (only && conditions.length === 1) return only;
  return (requested, target, request) => {
    for (const condition of conditions) if (!condition(requested, target, request)) return false;
    return true;
  };
}

function pathCondition(expected: string, isExact: boolean): Condition {
  if (isExact) return (path) => path === expected;
  return (path) =>
    path.startsWith(expected) &&
    (path.length === expected.length || path.charCodeAt(expected.length) === 0x2f);
}

/** Whether the query has the parameter, and each time with this value. */
function hasParameter(query: string, name: string, value: string): boolean {
  const values = new URLSearchParams(query).getAll(name);
  return values.length > 0 && values.every((each) => each === value);
}

import { pathKey, type RouteMatch } from './route-match.js';

/**
 * The time to check a file must not grow with the square of its routes. Beyond these numbers, which no file for use
 * reaches, overlaps may go unnoticed: sets of names that a route is compared with, indexes of such a set, and routes
 * with equal conditions and other methods.
 */
const MAX_COMPARED = 50;

interface KnownRoute {
  readonly name: string;
  readonly methods: RouteMatch['methods'];
  /** Values by header field or query parameter. */
  readonly conditions: ReadonlyMap<string, string>;
}

/** Finds routes that only their order in the file tells apart. */
export class RouteOverlaps {
  /** Routes whose matches are equally specific: by what makes them so, then by the names of their conditions. */
  private readonly groups = new Map<string, Map<string, AlikeRoutes>>();

  /** Adds a route. @returns an earlier route that overlaps with it */
  add(name: string, match: RouteMatch): string | undefined {
    const { service, methods } = match;
    const conditions = conditionsOf(match);
    const route = { name, methods, conditions };
    const specific = JSON.stringify([service, pathKey(match), methods !== undefined, conditions.size]);
    const group = entryOf(this.groups, specific, () => new Map<string, AlikeRoutes>());
    const found = overlappingIn(group.values(), route);
    const names = [...conditions.keys()].sort();
    entryOf(group, JSON.stringify(names), () => new AlikeRoutes(names)).add(route);
    return found?.name;
  }
}

function overlappingIn(group: Iterable<AlikeRoutes>, route: KnownRoute): KnownRoute | undefined {
  let compared = 0;
  for (const alike of group) {
    const found = alike.overlapping(route);
    if (found || ++compared === MAX_COMPARED) return found;
  }
  return undefined;
}

/** Routes that have conditions on the same names. */
class AlikeRoutes {
  private readonly routes: KnownRoute[] = [];
  /** The routes by the values of some of their conditions; by the names of these conditions. */
  private readonly indexes = new Map<string, Map<string, KnownRoute[]>>();

  constructor(private readonly names: readonly string[]) {}

  add(route: KnownRoute): void {
    this.routes.push(route);
    for (const [names, index] of this.indexes) addTo(index, JSON.parse(names) as string[], route);
  }

  /** A route that a request can match together with `route`: they have equal conditions where both have one. */
  overlapping({ conditions, methods }: KnownRoute): KnownRoute | undefined {
    const common = this.names.filter((name) => conditions.has(name));
    const equal = this.indexOf(common)?.get(valuesOf(conditions, common)) ?? [];
    return equal
      .slice(0, MAX_COMPARED)
      .find((each) => methods === undefined || methods.some((method) => each.methods?.includes(method)));
  }

  private indexOf(names: readonly string[]): Map<string, KnownRoute[]> | undefined {
    const key = JSON.stringify(names);
    const known = this.indexes.get(key);
    if (known || this.indexes.size === MAX_COMPARED) return known;
    const index = new Map<string, KnownRoute[]>();
    for (const route of this.routes) addTo(index, names, route);
    this.indexes.set(key, index);
    return index;
  }
}

/** Names of header fields and of query parameters stay apart. */
const conditionsOf = ({ headers, query }: RouteMatch): ReadonlyMap<string, string> =>
  new Map([
    ...[...(headers ?? [])].map(([name, value]) => [`header ${name.toLowerCase()}`, value] as const),
    ...[...(query ?? [])].map(([name, value]) => [`query ${name}`, value] as const),
  ]);

const valuesOf = (conditions: KnownRoute['conditions'], names: readonly string[]): string =>
  JSON.stringify(names.map((name) => conditions.get(name)));

const addTo = (index: Map<string, KnownRoute[]>, names: readonly string[], route: KnownRoute): void =>
  void entryOf(index, valuesOf(route.conditions, names), () => [] as KnownRoute[]).push(route);

function entryOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key) ?? create();
  map.set(key, known);
  return known;
}

import type { DeclaredMembers } from './declared-members.js';
import { compareMatches, matchKey, type RouteMatch } from './route-match.js';
import { RouteOverlaps } from './route-overlaps.js';
import { report, type Place } from './shapes.js';
import { shown } from './yaml-source.js';

/** A route of the file. */
export interface FileRoute {
  readonly name: string;
  readonly match: RouteMatch;
  /** Service whose instances receive the requests, if it is not the one that the path names. */
  readonly to: string | undefined;
  readonly members: DeclaredMembers;
}

/** Collects routes; reports those that cannot be told apart, and warns of those that only their order tells apart. */
export class RouteList {
  private readonly places = new Map<string, Place>();
  private readonly matches = new Map<string, string>();
  private readonly lists = new Map<string, FileRoute[]>();
  private readonly overlaps = new RouteOverlaps();

  add(route: FileRoute, place: Place): void {
    const { name, match } = route;
    const before = this.places.get(name);
    if (before) report(place, `${place.path} has the name of ${before.path}`);
    this.places.set(name, place);
    const key = matchKey(match);
    const same = this.matches.get(key);
    if (same === undefined) this.warnOfOverlap(route, place);
    else report(place, `${place.path} matches the same requests as ${same}`);
    this.matches.set(key, place.path);
    const list = this.lists.get(match.service) ?? [];
    list.push(route);
    this.lists.set(match.service, list);
  }

  byService(): ReadonlyMap<string, readonly FileRoute[]> {
    for (const routes of this.lists.values())
      for (const { name, to } of routes)
        if (to !== undefined && this.lists.has(to)) this.warnOfTarget(name, to);
    return new Map(
      [...this.lists].map(([service, routes]) => [
        service,
        routes.toSorted((a, b) => compareMatches(a.match, b.match)),
      ]),
    );
  }

  private warnOfOverlap({ name, match }: FileRoute, { source, node, path }: Place): void {
    const other = this.overlaps.add(name, match);
    if (other !== undefined)
      source.warn(node, `${path} and route ${shown(other)} overlap; their order decides`);
  }

  private warnOfTarget(name: string, to: string): void {
    const place = this.places.get(name);
    if (place)
      place.source.warn(
        place.node,
        `${place.path} sends requests to ${shown(to)}, whose own routes do not apply to them; declare what they protect here too`,
      );
  }
}

import type { RouteTraffic, VersionTraffic } from '#contracts';
import type { ServiceEntry } from '../discovery/index.js';
import type { LivePolicyFile } from './live-policy-file.js';
import type { TrafficPolicy } from './members/traffic.js';
import type { PolicyFile } from './policy-file.js';
import { inFile, routeLevels, serviceLevels, type Levels } from './policy-levels.js';

/** A route that divides requests among versions. */
export interface TrafficSplit {
  /** Name in the file; `undefined` for the route of all other requests to the service. */
  readonly route: string | undefined;
  readonly traffic: TrafficPolicy;
}

/** What the policy file that is in effect says of versions. */
export class TrafficSplits {
  private routes: ReadonlyMap<string, readonly TrafficSplit[]> = new Map();
  private routesOf: PolicyFile | undefined;

  /** @param file `undefined`: none is configured */
  constructor(private readonly file: LivePolicyFile | undefined) {}

  /** The routes that divide the requests to the instances of a service. */
  of(service: string): readonly TrafficSplit[] {
    const file = this.file?.current;
    if (!file) return [];
    if (file !== this.routesOf) {
      this.routes = splitsByTarget(file);
      this.routesOf = file;
    }
    return [...splitIn(serviceLevels(file, service), undefined), ...(this.routes.get(service) ?? [])];
  }

  /** How these routes divide the requests now. */
  trafficOf(entry: ServiceEntry): readonly RouteTraffic[] {
    return this.of(entry.name).map(({ route = null, traffic }) => ({
      route,
      versions: versionsOf(traffic, entry),
    }));
  }
}

/** The splits of the routes of a file, by the service whose instances receive the requests. */
function splitsByTarget(file: PolicyFile): ReadonlyMap<string, readonly TrafficSplit[]> {
  const byTarget = new Map<string, TrafficSplit[]>();
  for (const [service, routes] of file.routes)
    for (const route of routes) {
      const { to = service } = route;
      const splits = splitIn(routeLevels(file, service, route), route.name);
      if (splits.length > 0) byTarget.set(to, [...(byTarget.get(to) ?? []), ...splits]);
    }
  return byTarget;
}

function splitIn(levels: Levels, route: string | undefined): readonly TrafficSplit[] {
  const [, found] = inFile(levels, 'traffic') ?? [];
  if (!found || !('value' in found) || found.value === undefined) return [];
  return [{ route, traffic: found.value as TrafficPolicy }];
}

function versionsOf({ versions }: TrafficPolicy, entry: ServiceEntry): readonly VersionTraffic[] {
  const inRotation = new Set(entry.availableByVersion.map(({ version }) => version));
  const weightNow = ({ version, weight }: TrafficPolicy['versions'][number]): number =>
    inRotation.has(version) ? weight : 0;
  const total = versions.reduce((sum, each) => sum + weightNow(each), 0);
  return versions.map((each) => {
    const instances = entry.instances.filter(({ version }) => version === each.version);
    return {
      version: each.version,
      weight: each.weight,
      share: total === 0 ? 0 : weightNow(each) / total,
      instances: {
        total: instances.length,
        healthy: instances.filter(({ status }) => status === 'up').length,
      },
    };
  });
}

import type { RouteState } from '#contracts';
import type { LiveServiceTable, ServiceTable } from '../../discovery/index.js';
import type { PolicySources } from '../../policy/index.js';
import type { RoutePlan } from '../../policy/policy-sources.js';
import type {
  CacheSeries,
  PolicySeries,
  ServiceSeries,
  TrafficMetrics,
} from '../../telemetry/metrics/index.js';
import { rounded } from '../traffic/rounded.js';
import { SlidingCounts } from '../traffic/sliding-counts.js';

const SECONDS = 60;
/** Plans of all routes take a millisecond or two with many instances; which routes there are changes seldom. */
const PLANS_EVERY_MS = 5000;

/** Results of a cache that spared the instance the request or its response. */
const SERVED: ReadonlySet<string> = new Set(['hit', 'stale', 'revalidated']);

/** States of the routes, with refusals and cache results of the last minute. Takes one sample per second. */
export class RouteStates {
  /** By reason. */
  private readonly refusals = new WeakMap<PolicySeries, Map<string, SlidingCounts>>();
  private readonly caches = new WeakMap<CacheSeries, SlidingCounts>();
  private planned: readonly RoutePlan[] = [];
  private plannedFor: ServiceTable | undefined;
  private plannedAt = -Infinity;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly policies: PolicySources,
    private readonly traffic: TrafficMetrics,
  ) {
    policies.onChange(() => (this.plannedFor = undefined));
  }

  sample(): void {
    for (const { policies, caches } of this.traffic.services) {
      for (const policy of policies.values()) this.sampleRefusals(policy);
      for (const cache of caches.values()) this.sampleCache(cache);
    }
  }

  /** By `SERVICE ROUTE`. @param now milliseconds on any clock */
  states(now: number): Record<string, RouteState> {
    this.follow(now);
    const states: Record<string, RouteState> = {};
    for (const plan of this.planned)
      states[`${plan.service} ${plan.name ?? ''}`] = {
        service: plan.service,
        route: plan.name ?? null,
        refusedPerMinute: this.refusedOf(plan),
        cacheHitRate: this.hitRateOf(plan),
      };
    return states;
  }

  private follow(now: number): void {
    const table = this.table.current;
    if (this.plannedFor && (table === this.plannedFor || now - this.plannedAt < PLANS_EVERY_MS)) return;
    this.plannedFor = table;
    this.plannedAt = now;
    this.planned = this.policies.allPlans(table);
  }

  private sampleRefusals(series: PolicySeries): void {
    if (series.refused.total === 0) return;
    let windows = this.refusals.get(series);
    if (!windows) this.refusals.set(series, (windows = new Map<string, SlidingCounts>()));
    for (const [reason, count] of series.refused.entries()) {
      let window = windows.get(reason);
      if (!window) windows.set(reason, (window = new SlidingCounts(1, SECONDS)));
      window.sample([count]);
    }
  }

  private sampleCache(series: CacheSeries): void {
    let window = this.caches.get(series);
    if (!window) this.caches.set(series, (window = new SlidingCounts(2, SECONDS)));
    let served = 0;
    for (const [result, count] of series.requests.entries()) if (SERVED.has(result)) served += count;
    window.sample([series.requests.total, served]);
  }

  private refusedOf({ target, name = '' }: RoutePlan): Record<string, number> {
    const refused: Record<string, number> = {};
    for (const series of this.seriesOf(target)?.policies.values() ?? []) {
      if (series.route !== name) continue;
      for (const [reason, { sums }] of this.refusals.get(series) ?? [])
        if (sums[0]) refused[`${series.policy}: ${reason}`] = sums[0];
    }
    return refused;
  }

  private hitRateOf({ target, name = '' }: RoutePlan): number | null {
    const series = this.seriesOf(target)?.caches.get(name);
    const [requests = 0, served = 0] = (series && this.caches.get(series)?.sums) ?? [];
    return requests === 0 ? null : rounded(served / requests);
  }

  private seriesOf(service: string): ServiceSeries | undefined {
    return this.traffic.services.find(({ name }) => name === service);
  }
}

import type { CallTotalDto, EdgeState } from '#contracts';
import type { StoredInstance } from '../../discovery/index.js';
import type { Backlog } from '../attention/gateway-rules.js';
import { rounded } from '../traffic/rounded.js';
import { SlidingCounts } from '../traffic/sliding-counts.js';

/** Instances report every few seconds: a window of eight reports of the default TTL. */
const WINDOW_SECONDS = 30;
/** Edges of one service: an instance reports 16 at most, and instances of other versions may report others. */
const MAX_EDGES = 64;

type Edge = Pick<EdgeState, 'from' | 'to' | 'kind'> & {
  readonly window: SlidingCounts;
  /** Calls, and those of them that failed. */
  readonly totals: Float64Array;
};

interface Report {
  readonly at: number;
  readonly calls: readonly CallTotalDto[];
}

/**
 * Calls of services to each other and to their stores, and their backlogs, from the totals that instances report with
 * their heartbeats. Takes one sample per second.
 */
export class ReportedCalls {
  private readonly reports = new Map<string, Report>();
  private readonly edgesByName = new Map<string, Edge>();

  /** @param instances by id */
  sample(instances: ReadonlyMap<string, StoredInstance>): void {
    const services = new Set<string>();
    for (const instance of instances.values()) {
      services.add(instance.name);
      this.read(instance);
    }
    for (const id of this.reports.keys()) if (!instances.has(id)) this.reports.delete(id);
    for (const [name, { from, window, totals }] of this.edgesByName)
      if (services.has(from)) window.sample(totals);
      else this.edgesByName.delete(name);
  }

  /** By `FROM TO`. @param seconds since the first sample */
  edges(seconds: number): Record<string, EdgeState> {
    const length = Math.min(seconds, WINDOW_SECONDS);
    const edges: Record<string, EdgeState> = {};
    for (const [name, { from, to, kind, window }] of this.edgesByName) {
      const [calls = 0, failed = 0] = window.sums;
      const errorRate = calls === 0 ? 0 : rounded(failed / calls);
      edges[name] = { from, to, kind, requestsPerSecond: rounded(calls / length), errorRate };
    }
    return edges;
  }

  // An instance that is seen for the first time may have run for days: its totals are where counting begins.
  private read({ id, name, lastHeartbeatAt: at, report: { calls } }: StoredInstance): void {
    if (!calls) return;
    const before = this.reports.get(id);
    if (before?.at === at) return;
    this.reports.set(id, { at, calls });
    for (const call of calls) {
      const totals = this.edge(name, call)?.totals;
      if (!before || !totals) continue;
      const last = before.calls.find(({ to }) => to === call.to);
      addTo(totals, 0, growth(last?.total, call.total));
      addTo(totals, 1, growth(last?.failed, call.failed));
    }
  }

  /** `undefined`: the service has too many edges. */
  private edge(from: string, { to, kind }: CallTotalDto): Edge | undefined {
    const name = `${from} ${to}`;
    let edge = this.edgesByName.get(name);
    if (!edge) {
      if (this.countOf(from) >= MAX_EDGES) return undefined;
      edge = { from, to, kind, window: new SlidingCounts(2, WINDOW_SECONDS), totals: new Float64Array(2) };
      this.edgesByName.set(name, edge);
    }
    return edge;
  }

  private countOf(service: string): number {
    return [...this.edgesByName.values()].filter(({ from }) => from === service).length;
  }
}

/** A lower total: the instance has restarted. */
const growth = (before = 0, total: number): number => (total >= before ? total - before : total);

function addTo(totals: Float64Array, i: number, calls: number): void {
  totals[i] = (totals[i] ?? 0) + calls;
}

/** The backlogs of services. Instances that share a store report the same one. */
export function backlogsOf(instances: ReadonlyMap<string, StoredInstance>): readonly Backlog[] {
  const largest = new Map<string, Backlog>();
  for (const { name: service, report, health } of instances.values()) {
    if (!report.backlog || health.expiredAt !== undefined) continue;
    const { name, count } = report.backlog;
    if (count >= (largest.get(service)?.count ?? 0)) largest.set(service, { service, name, count });
  }
  return [...largest.values()];
}

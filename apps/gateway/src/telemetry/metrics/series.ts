import { hasFailed, type EndedExchange } from '../ended-exchange.js';
import { CallerSample } from './caller-sample.js';
import { LatencyHistogram } from './latency-histogram.js';
import { Tally } from './tally.js';

/** States of a circuit breaker: it admits all requests, one on trial, or none. */
export const BREAKER_STATES = ['closed', 'half-open', 'open'] as const;

/**
 * Why an instance was ejected. `connect_failure`: no connection could be established. `unresponsive`: it did not
 * respond in time, not even to its health check. `outlier`: too many consecutive requests to it failed.
 * `health_check`: its health check failed.
 */
export const EJECTION_REASONS = ['connect_failure', 'unresponsive', 'outlier', 'health_check'] as const;
export type EjectionReason = (typeof EJECTION_REASONS)[number];

/** `none` is the status of an exchange whose client disconnected before there was a response. */
export const codeOf = (status: number): string => (status === 0 ? 'none' : String(status));

/** Counts of a service, and of each of its instances. */
abstract class Series {
  readonly latency = new LatencyHistogram();
  readonly statuses = new Tally<number>();
  errors = 0;
  bytesSent = 0;

  record(exchange: EndedExchange): void {
    this.statuses.add(exchange.status);
    if (hasFailed(exchange)) this.errors += 1;
    this.bytesSent += exchange.bytesSent;
    if (!exchange.isTunnel) this.latency.observe(exchange.durationMs);
  }
}

/** Counts of one instance. */
export class InstanceSeries extends Series {
  /** Attempts that failed, by kind. */
  readonly failures = new Tally<string>();
  /** Time at which the instance was first seen unregistered. */
  unregisteredSince: number | undefined = undefined;

  constructor(readonly id: string) {
    super();
  }
}

/** Decisions of one policy of a route. */
export class PolicySeries {
  allowed = 0;
  /** Requests that the policy would have refused if it were enforced. */
  shadow = 0;
  /** By reason: a fixed word, never client input. */
  readonly refused = new Tally<string>();

  constructor(
    readonly route: string,
    readonly policy: string,
  ) {}
}

/** What the cache of a route did beside replying; see {@link CacheSeries}. */
export interface CacheCounts {
  /** Responses that were stored. */
  stored: number;
  /** Requests that waited for an equal one. */
  coalesced: number;
}

/** Counts of the cache of a route. */
export class CacheSeries implements CacheCounts {
  /** Requests by what the cache did: a fixed word. */
  readonly requests = new Tally<string>();
  stored = 0;
  coalesced = 0;

  constructor(readonly route: string) {}
}

/** Exchanges of a route that one version got. */
export class VersionSeries {
  readonly statuses = new Tally<number>();

  constructor(
    /** Empty for the service's own route. */
    readonly route: string,
    readonly version: string,
  ) {}
}

/** Counts of one service. */
export class ServiceSeries extends Series {
  readonly problems = new Tally<string>();
  readonly endings = new Tally<EndedExchange['ending']>();
  readonly instances = new Map<string, InstanceSeries>();
  /** Hedged attempts by outcome. */
  readonly hedges = new Tally<string>();
  /** Instances that this gateway ejected, by reason. */
  readonly ejections = new Tally<EjectionReason>();
  readonly callers = new CallerSample();
  readonly policies = new Map<string, PolicySeries>();
  readonly caches = new Map<string, CacheSeries>();
  /** By route and version; a map in a map, so that a look-up creates no key. */
  private readonly byVersion = new Map<string, Map<string, VersionSeries>>();
  /** Requests that were selected for a mirror, by route (empty: the service's own) and result. */
  readonly mirrors = new Map<string, Tally<string>>();
  retries = 0;
  tunnelsOpen = 0;
  /** Current value of an adaptive concurrency limit; `undefined` without one. */
  concurrencyLimit: number | undefined = undefined;
  /** `undefined` if the policy has no circuit breaker, or its route has not been compiled yet. */
  breaker: (typeof BREAKER_STATES)[number] | undefined = undefined;
  unregisteredSince: number | undefined = undefined;

  constructor(readonly name: string) {
    super();
  }

  instance(id: string): InstanceSeries {
    let series = this.instances.get(id);
    if (!series) this.instances.set(id, (series = new InstanceSeries(id)));
    return series;
  }

  /**
   * @param route name in the policy file; empty for the service's own route
   * @param policy the policy member, or the name of a rate limit
   */
  policy(route: string, policy: string): PolicySeries {
    const key = `${route} ${policy}`;
    let series = this.policies.get(key);
    if (!series) this.policies.set(key, (series = new PolicySeries(route, policy)));
    return series;
  }

  /** @param route name in the policy file; empty for the service's own route */
  cache(route: string): CacheSeries {
    let series = this.caches.get(route);
    if (!series) this.caches.set(route, (series = new CacheSeries(route)));
    return series;
  }

  version(route: string, version: string): VersionSeries {
    let versions = this.byVersion.get(route);
    if (!versions) this.byVersion.set(route, (versions = new Map<string, VersionSeries>()));
    let series = versions.get(version);
    if (!series) versions.set(version, (series = new VersionSeries(route, version)));
    return series;
  }

  get versions(): readonly VersionSeries[] {
    return [...this.byVersion.values()].flatMap((versions) => [...versions.values()]);
  }

  /** @param route name in the policy file; empty for the service's own route */
  mirror(route: string): Tally<string> {
    let tally = this.mirrors.get(route);
    if (!tally) this.mirrors.set(route, (tally = new Tally()));
    return tally;
  }

  override record(exchange: EndedExchange): void {
    super.record(exchange);
    this.endings.add(exchange.ending);
    if (exchange.attempts > 1) this.countRetries(exchange);
    if (exchange.problemCode !== undefined) this.problems.add(exchange.problemCode);
    if (exchange.isTunnel) this.tunnelsOpen -= 1;
  }

  private countRetries({ attempts, hedge }: EndedExchange): void {
    this.retries += attempts - 1;
    if (hedge?.outcome === undefined) return;
    this.hedges.add(hedge.outcome);
    this.retries -= 1;
  }
}

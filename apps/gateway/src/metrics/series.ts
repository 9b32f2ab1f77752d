import { LatencyHistogram } from './latency-histogram.js';
import { Tally } from './tally.js';

/** One exchange that has ended, as metrics see it. */
export interface EndedExchange {
  /** Status of the answer; 0 when the client left before there was one. */
  readonly status: number;
  readonly durationMs: number;
  readonly bytesSent: number;
  readonly attempts: number;
  /** The attempt beside another, if one was sent; counted in {@link attempts}. */
  readonly hedge: { readonly outcome: string | undefined } | undefined;
  /** The problem that the gateway answered with. */
  readonly problemCode: string | undefined;
  readonly ending: 'completed' | 'client-left' | 'broken';
  /** Its length says how long people talked, not how fast an answer was. */
  readonly isTunnel: boolean;
}

/** How the breaker of a service stands: it lets all through, one on trial, or none. */
export const BREAKER_STANDINGS = ['closed', 'half-open', 'open'] as const;
export type BreakerStanding = (typeof BREAKER_STANDINGS)[number];

/**
 * Why an instance was ejected: no connection to it came about; it did not respond in time, to its health check either; too many
 * requests to it failed in a row; its health check failed.
 */
export const EJECTION_REASONS = ['connect_failure', 'unresponsive', 'outlier', 'health_check'] as const;
export type EjectionReason = (typeof EJECTION_REASONS)[number];

const FIRST_ERROR = 500;

/** What is counted of a service and of each of its instances alike. */
abstract class Series {
  readonly latency = new LatencyHistogram();
  readonly statuses = new Tally<number>();
  errors = 0;
  bytesSent = 0;

  record(exchange: EndedExchange): void {
    this.statuses.add(exchange.status);
    if (exchange.status >= FIRST_ERROR || exchange.ending === 'broken') this.errors += 1;
    this.bytesSent += exchange.bytesSent;
    if (!exchange.isTunnel) this.latency.observe(exchange.durationMs);
  }
}

/** Counts of one instance. */
export class InstanceSeries extends Series {
  /** Attempts that failed, by kind. */
  readonly failures = new Tally<string>();
  /** Since when the instance is not registered any more. */
  goneSince: number | undefined = undefined;

  constructor(readonly id: string) {
    super();
  }
}

/** Counts of one service. */
export class ServiceSeries extends Series {
  readonly problems = new Tally<string>();
  readonly endings = new Tally<EndedExchange['ending']>();
  readonly instances = new Map<string, InstanceSeries>();
  /** Second attempts that were sent because the first was late, by what became of them. */
  readonly hedges = new Tally<string>();
  /** Instances that this gateway took out of rotation. */
  readonly ejections = new Tally<EjectionReason>();
  retries = 0;
  tunnelsOpen = 0;
  /** What an adaptive limit of concurrency stands at; `undefined` without one. */
  concurrencyLimit: number | undefined = undefined;
  /** `undefined`: its policy asks for no breaker, or nobody has asked for it yet. */
  breaker: BreakerStanding | undefined = undefined;
  goneSince: number | undefined = undefined;

  constructor(readonly name: string) {
    super();
  }

  instance(id: string): InstanceSeries {
    let series = this.instances.get(id);
    if (!series) this.instances.set(id, (series = new InstanceSeries(id)));
    return series;
  }

  override record(exchange: EndedExchange): void {
    super.record(exchange);
    this.endings.add(exchange.ending);
    if (exchange.attempts > 1) this.countFurther(exchange);
    if (exchange.problemCode !== undefined) this.problems.add(exchange.problemCode);
    if (exchange.isTunnel) this.tunnelsOpen -= 1;
  }

  private countFurther({ attempts, hedge }: EndedExchange): void {
    this.retries += attempts - 1;
    if (hedge?.outcome === undefined) return;
    this.hedges.add(hedge.outcome);
    this.retries -= 1;
  }
}

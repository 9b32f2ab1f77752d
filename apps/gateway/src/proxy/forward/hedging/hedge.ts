import type { Instance } from '../../../discovery/index.js';
import type { Candidates, Routed } from '../../balancing/candidates.js';
import type { Exchange } from '../../exchange/exchange.js';
import { rejectedResponse, type Failure } from '../../exchange/failure.js';
import type {
  HedgedAttempt,
  HedgingForwarder,
  HedgeListener,
  AttemptOutcome,
} from '../../exchange/forwarder.js';
import type { Recorder } from '../../exchange/recorder.js';
import { isFailure } from '../../resilience/response-kind.js';
import type { InstanceMonitor, MonitoredAttempt } from '../../resilience/instance-monitor.js';
import { routeOf, type Route, type RouteHedging } from '../../exchange/route.js';
import type { HedgeOutcome, ExchangeHedge } from '../../exchange/exchange-hedge.js';

/** Dependencies of hedged attempts. */
export interface HedgeContext<E extends Exchange> {
  readonly candidates: Candidates;
  readonly monitor: InstanceMonitor;
  readonly recorder: Recorder;
  readonly forwarder: HedgingForwarder<E>;
  /** Receives the outcome of a hedged attempt that has replaced the first. */
  readonly outcome: AttemptOutcome<E>;
  readonly now: () => number;
}

/**
 * The hedged attempt of an exchange whose first attempt is late. It counts as separate load, and no part of its
 * response reaches the client before it has replaced the first attempt; from then on it is the ordinary attempt of
 * the exchange.
 */
export class Hedge<E extends Exchange> implements ExchangeHedge, HedgeListener, Routed, MonitoredAttempt {
  outcome: HedgeOutcome | undefined = undefined;
  readonly route: Route | undefined;
  readonly clientAddress: string;
  attemptStartedAt = 0;
  awaitsResponse = false;
  /** Used if the first attempt failed; if it was only late, the client keeps its instance. */
  affinityCookie: string | undefined = undefined;
  private readonly since: number;
  private readonly timer: NodeJS.Timeout | undefined;
  private instance: Instance | undefined = undefined;
  private attempt: HedgedAttempt | undefined = undefined;

  /** Must be created just before the first attempt starts. */
  constructor(
    private readonly exchange: E,
    private readonly rules: RouteHedging,
    private readonly context: HedgeContext<E>,
  ) {
    this.route = exchange.route;
    this.clientAddress = exchange.clientAddress;
    this.since = exchange.attemptStartedAt;
    const { delayMs } = rules;
    this.timer = delayMs === undefined ? undefined : setTimeout(() => this.send(), delayMs);
  }

  get isRunning(): boolean {
    return this.attempt !== undefined;
  }

  get version(): string | undefined {
    return this.exchange.version;
  }

  header(name: string): string | undefined {
    return this.exchange.header(name);
  }

  /** A local instance never gets a hedged attempt: a request passed to it cannot be withdrawn. */
  hasTried(instance: Instance): boolean {
    const { exchange } = this;
    return (
      instance.transport === 'local' || instance.id === exchange.instance?.id || exchange.hasTried(instance)
    );
  }

  replaceFailed(): boolean {
    if (!this.attempt) return false;
    this.replaceFirst('replaced', this.attempt);
    return true;
  }

  settle(now: number): void {
    clearTimeout(this.timer);
    this.rules.recordHeadTime(now - this.since);
    this.cancelRunning('lost');
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.cancelRunning('cancelled');
  }

  onResponse(status: number, isDeclined = false): void {
    const { attempt: attempt, instance, context } = this;
    if (!attempt || !instance) return;
    if (!routeOf(this).retries.isRetriable(status)) {
      this.replaceFirst('won', attempt);
      return;
    }
    const now = context.now();
    context.monitor.recordResponse(this, instance, now);
    if (isDeclined) context.monitor.recordDeclined(this, instance, now);
    else if (isFailure(status))
      context.monitor.recordFailure(this, instance, `received status ${status}`, now);
    attempt.abort();
    this.onFailure(rejectedResponse(status));
  }

  /** The first attempt continues alone. */
  onFailure(failure: Failure): void {
    const { exchange, instance, context } = this;
    this.end('failed');
    if (!instance) return;
    exchange.markTried(instance);
    context.monitor.recordEnd(this, instance);
    context.recorder.attemptFailed(exchange, instance, failure);
    context.monitor.recordFailedAttempt(this, instance, failure, context.now());
  }

  private send(): void {
    const { exchange, context } = this;
    // The exchange has a response, or waits for a retry.
    if (!exchange.awaitsResponse) return;
    this.attemptStartedAt = context.now();
    this.instance = this.pick();
    if (!this.instance) return;
    exchange.attempts += 1;
    context.monitor.recordSent(this, this.instance);
    try {
      this.attempt = context.forwarder.sendHedged(exchange, this.instance, context.outcome, this);
    } catch (error) {
      routeOf(exchange).phases.onError(error, exchange);
      context.monitor.recordEnd(this, this.instance);
      this.end('failed');
    }
  }

  /**
   * Selects another instance if the service has capacity. Charges the budget last: an attempt that is not sent is
   * free.
   */
  private pick(): Instance | undefined {
    const { breaker, retries } = routeOf(this);
    if (breaker && breaker.state !== 'closed') return undefined;
    if (!this.rules.hasRoom()) return undefined;
    const instance = this.context.candidates.select(this);
    return instance && retries.budget.spend(this.attemptStartedAt) ? instance : undefined;
  }

  /**
   * Aborts the first attempt, if it is still running, without a failure of its instance: late does not mean broken.
   */
  private replaceFirst(outcome: HedgeOutcome, attempt: HedgedAttempt): void {
    const { exchange } = this;
    this.end(outcome);
    if (outcome === 'replaced') exchange.affinityCookie = this.affinityCookie;
    exchange.attempt?.abort();
    if (exchange.holdsInstance && exchange.instance)
      this.context.monitor.recordOvertaken(exchange, exchange.instance);
    exchange.instance = this.instance;
    exchange.holdsInstance = true;
    exchange.awaitsResponse = this.awaitsResponse;
    exchange.attemptStartedAt = this.attemptStartedAt;
    attempt.adopt();
  }

  private cancelRunning(outcome: HedgeOutcome): void {
    if (!this.attempt || !this.instance) return;
    this.attempt.abort();
    this.context.monitor.recordEnd(this, this.instance);
    this.end(outcome);
  }

  private end(outcome: HedgeOutcome): void {
    this.attempt = undefined;
    this.outcome = outcome;
  }
}

/** Only safe methods without a body: two instances may process the request at the same time. */
const isHedgeable = ({ method, hasBody, isUpgrade }: Exchange): boolean =>
  (method === 'GET' || method === 'HEAD') && !hasBody && !isUpgrade;

/** Prepares a hedged attempt for an exchange that may be hedged, to be sent when its response is late. */
export function hedge<E extends Exchange>(exchange: E, rules: RouteHedging, ground: HedgeContext<E>): void {
  if (isHedgeable(exchange)) exchange.hedge = new Hedge(exchange, rules, ground);
}

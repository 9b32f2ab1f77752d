import { performance } from 'node:perf_hooks';
import type { InstanceTransport } from '#contracts';
import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import { Candidates, ObservedCandidates, type SelectionObserver } from '../balancing/candidates.js';
import type { Exchange } from '../exchange/exchange.js';
import { failureOf, isUnsent, type Failure } from '../exchange/failure.js';
import { allFull, noneHealthy, problemOf } from './failure-problem.js';
import type { HedgingForwarder, AttemptOutcome, Forwarder } from '../exchange/forwarder.js';
import { hedge, type HedgeContext } from './hedging/hedge.js';
import type { InstanceReports } from '../exchange/instance-reports.js';
import { unexpectedError, upstreamTimeout } from '../exchange/problems.js';
import type { Recorder } from '../exchange/recorder.js';
import { isFailure } from '../resilience/response-kind.js';
import { Backoff } from '../resilience/backoff.js';
import { InstanceMonitor } from '../resilience/instance-monitor.js';
import { timeLimitOf } from '../resilience/time-limit.js';
import { routeOf } from '../exchange/route.js';

/** The forwarder for each instance transport. */
export type Forwarders<E extends Exchange> = Readonly<Record<InstanceTransport, Forwarder<E>>> & {
  readonly http: HedgingForwarder<E>;
};

/** Dependencies of forwarding. */
export interface ForwardParts<E extends Exchange> {
  readonly services: LiveServiceTable;
  readonly forwarders: Forwarders<E>;
  readonly reports: InstanceReports;
  readonly recorder: Recorder;
}

/**
 * The last step of the pipeline: selects an instance, sends the request, and retries if a failed attempt permits it.
 */
export class Forward<E extends Exchange> implements AttemptOutcome<E> {
  private readonly monitor: InstanceMonitor;
  private candidates: Candidates;
  private hedgeContext: HedgeContext<E>;

  /** @param now milliseconds on the monotonic clock */
  constructor(
    private readonly parts: ForwardParts<E>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.monitor = new InstanceMonitor(parts.reports);
    this.candidates = new Candidates(parts.services);
    const { monitor, candidates } = this;
    const { recorder, forwarders } = parts;
    this.hedgeContext = {
      monitor,
      candidates,
      recorder,
      forwarder: forwarders.http,
      outcome: this,
      now,
    };
  }

  /** Tells `observer` of each selection from now on; `undefined`: none. The candidates are replaced, not asked. */
  observeSelections(observer: SelectionObserver | undefined): void {
    const { services } = this.parts;
    this.candidates = observer ? new ObservedCandidates(services, observer) : new Candidates(services);
    this.hedgeContext = { ...this.hedgeContext, candidates: this.candidates };
  }

  start(exchange: E): void {
    const { policy, retries, hedging } = routeOf(exchange);
    const limitMs = timeLimitOf(exchange, policy.timeouts.totalMs);
    if (limitMs !== undefined) this.limit(exchange, limitMs);
    const now = this.now();
    // Queueing may have exceeded the deadline; do not send a request that its caller no longer waits for.
    if (exchange.deadlineAt > 0 && exchange.deadlineAt <= now) {
      this.expire(exchange);
      return;
    }
    retries.budget.recordRequest(now);
    const instance = this.selectInstance(exchange, now) ?? this.candidates.selectInOtherVersion(exchange);
    if (instance && hedging) hedge(exchange, hedging, this.hedgeContext);
    if (instance) this.sendAttempt(exchange, instance);
    else exchange.reply(this.candidates.of(exchange).length === 0 ? noneHealthy() : allFull());
  }

  accepts(exchange: E, status: number, isDeclined = false): boolean {
    const { instance } = exchange;
    if (!instance) return true;
    const now = this.now();
    exchange.respondedAt = now;
    this.monitor.recordResponse(exchange, instance, now);
    if (isDeclined) this.monitor.recordDeclined(exchange, instance, now);
    else if (isFailure(status))
      this.monitor.recordFailure(exchange, instance, `received status ${status}`, now);
    else this.monitor.recordLatency(exchange, instance, now);
    if (status >= FIRST_RETRIABLE && this.mayRetryResponse(exchange, instance, status, now)) return false;
    exchange.hedge?.settle(now);
    return true;
  }

  completed(exchange: E): void {
    const instance = this.release(exchange);
    if (instance && !isFailure(exchange.status)) this.monitor.recordSuccess(instance);
  }

  replaced(exchange: E, status: number): void {
    const instance = this.release(exchange);
    if (isFailure(status)) exchange.failure = failureOf('gateway-error');
    else if (instance) this.monitor.recordSuccess(instance);
  }

  failed(exchange: E, failure: Failure): void {
    const instance = this.release(exchange);
    if (!instance) return;
    exchange.markTried(instance);
    this.parts.recorder.attemptFailed(exchange, instance, failure);
    const now = this.now();
    this.monitor.recordFailedAttempt(exchange, instance, failure, now);
    if (this.isReplacedByHedge(exchange, failure)) return;
    // A rejected response has already been charged to the retry budget.
    const mayFollow =
      failure.kind === 'gateway-error' || routeOf(exchange).retries.mayFollow(failure, exchange, now);
    if (mayFollow) this.retry(exchange, failure);
    else this.replyTo(exchange, failure);
  }

  broken(exchange: E, failure: Failure): void {
    const instance = this.release(exchange);
    exchange.ending = 'broken';
    if (!instance) return;
    this.parts.recorder.attemptFailed(exchange, instance, failure);
    this.monitor.recordFailure(exchange, instance, failure.detail, this.now());
  }

  tunnelled(exchange: E): void {
    exchange.isTunnel = true;
    const now = this.now();
    if (exchange.instance) this.monitor.recordResponse(exchange, exchange.instance, now);
    this.parts.recorder.tunnelOpened(exchange);
  }

  /** Aborts everything that still runs for an exchange that has ended. */
  abort(exchange: E): void {
    clearTimeout(exchange.deadline);
    const instance = this.abortAttempts(exchange);
    // A local instance writes to the client's own response: its end is the end of the exchange.
    const { ending, status, problemCode } = exchange;
    const hasResponse = ending === 'completed' && status > 0 && problemCode === undefined;
    if (instance && hasResponse && !isFailure(status)) this.monitor.recordSuccess(instance);
  }

  private limit(exchange: E, ms: number): void {
    exchange.deadlineAt = exchange.startedAt + ms;
    exchange.deadline = setTimeout(() => this.expire(exchange), exchange.deadlineAt - this.now());
  }

  /** Aborts the attempt; returns its instance, if there was one. */
  private abortAttempts(exchange: E): Instance | undefined {
    const { attempt } = exchange;
    exchange.attempt = undefined;
    attempt?.abort();
    exchange.hedge?.cancel();
    return this.release(exchange);
  }

  private expire(exchange: E): void {
    const instance = this.abortAttempts(exchange);
    if (exchange.status === 0) {
      this.recordTimeout(exchange, instance);
      exchange.reply(upstreamTimeout('the request exceeded the timeout of the route or of the client'));
      return;
    }
    exchange.ending = 'broken';
    exchange.cutOff();
  }

  /** No response within the route's limit is a failure; a caller's limit may be too short for any instance. */
  private recordTimeout(exchange: E, instance: Instance | undefined): void {
    const { totalMs } = routeOf(exchange).policy.timeouts;
    if (totalMs === 0 || exchange.deadlineAt < exchange.startedAt + totalMs) return;
    const now = this.now();
    exchange.failure = failureOf('timeout');
    if (instance) this.monitor.recordFailure(exchange, instance, `no response within ${totalMs} ms`, now);
  }

  /** Lets a running hedged attempt replace the retry; `false` if there is none. */
  private isReplacedByHedge(exchange: E, failure: Failure): boolean {
    if (!exchange.hedge?.replaceFailed()) return false;
    if (!isUnsent(failure)) exchange.repeats += 1;
    return true;
  }

  private retry(exchange: E, failure: Failure): void {
    const waitMs = routeOf(exchange).retries.backoffMs(failure.kind, exchange);
    if (!isUnsent(failure)) exchange.repeats += 1;
    if (waitMs === 0) this.sendNext(exchange, failure);
    else exchange.attempt = new Backoff(waitMs, () => this.sendNext(exchange, failure));
  }

  private sendNext(exchange: E, failure: Failure): void {
    exchange.attempt = undefined;
    // An instance that resets one request may reset the next: another version comes before the same instance.
    const next =
      this.selectInstance(exchange, this.now()) ??
      (failure.kind === 'reset' ? this.candidates.selectInOtherVersion(exchange) : undefined) ??
      this.retrySameInstance(exchange, failure) ??
      this.candidates.selectInOtherVersion(exchange);
    if (next) this.sendAttempt(exchange, next);
    else this.replyTo(exchange, failure);
  }

  private replyTo(exchange: E, failure: Failure): void {
    exchange.failure = failure;
    exchange.reply(problemOf(failure));
  }

  private sendAttempt(exchange: E, instance: Instance): void {
    exchange.instance = instance;
    exchange.holdsInstance = true;
    exchange.attempts += 1;
    this.monitor.recordSent(exchange, instance);
    try {
      this.parts.forwarders[instance.transport].send(exchange, instance, this);
    } catch (error) {
      routeOf(exchange).phases.onError(error, exchange);
      this.abortAttempts(exchange);
      exchange.reply(unexpectedError());
    }
  }

  /** Releases the instance of the current attempt; `undefined` when none is running. */
  private release(exchange: E): Instance | undefined {
    const { instance } = exchange;
    if (!exchange.holdsInstance || !instance) return undefined;
    exchange.holdsInstance = false;
    exchange.attempt = undefined;
    this.monitor.recordEnd(exchange, instance);
    return instance;
  }

  private selectInstance(exchange: E, now: number): Instance | undefined {
    exchange.attemptStartedAt = now;
    return this.candidates.select(exchange);
  }

  /**
   * The only instance may have closed an idle connection while the gateway used it; a new connection decides.
   * Likewise, if no other instance is left after a rejected response, its instance is tried again.
   */
  private retrySameInstance(exchange: E, { kind }: Failure): Instance | undefined {
    if (kind !== 'reset' && kind !== 'gateway-error') return undefined;
    return this.candidates.selectAgain(exchange, exchange.instance?.id);
  }

  private mayRetryResponse(exchange: E, instance: Instance, status: number, now: number): boolean {
    // A request passed to a local instance, or one that may become a tunnel, cannot be sent to another instance.
    if (instance.transport === 'local' || exchange.isUpgrade) return false;
    const { retries } = routeOf(exchange);
    // The hedged attempt has been sent and charged already.
    if (exchange.hedge?.isRunning) return retries.isRetriable(status);
    return this.candidates.hasOther(exchange, instance) && retries.mayReplace(status, exchange, now);
  }
}

/** Lower statuses never lead to another attempt. */
const FIRST_RETRIABLE = 400;

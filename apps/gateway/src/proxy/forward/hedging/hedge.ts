import type { Instance } from '../../../discovery/index.js';
import type { Candidates, Routed } from '../../balancing/candidates.js';
import type { Exchange } from '../../exchange/exchange.js';
import { failureOf, type Failure } from '../../exchange/failure.js';
import type { Aside, AsideForwarder, AsideListener, AttemptOutcome } from '../../exchange/forwarder.js';
import type { Recorder } from '../../exchange/recorder.js';
import { isFailure } from '../../resilience/response-kind.js';
import type { InstanceWatch, WatchedAttempt } from '../../resilience/instance-watch.js';
import { destinationOf } from '../../exchange/destination-of.js';
import type { Destination } from '../../exchange/destination.js';
import type { HedgeRules } from './hedge-rules.js';
import type { HedgeOutcome, SecondAttempt } from '../../exchange/second-attempt.js';

/** Dependencies of hedged attempts. */
export interface HedgeGround<E extends Exchange> {
  readonly candidates: Candidates;
  readonly watch: InstanceWatch;
  readonly recorder: Recorder;
  readonly forwarder: AsideForwarder<E>;
  /** Receives the outcome of a hedged attempt that has replaced the first. */
  readonly outcome: AttemptOutcome<E>;
  readonly now: () => number;
}

/**
 * The hedged attempt of an exchange whose first attempt is late. It counts as separate load, and no part of its
 * response reaches the client before it has replaced the first attempt; from then on it is the ordinary attempt of
 * the exchange.
 */
export class Hedge<E extends Exchange> implements SecondAttempt, AsideListener, Routed, WatchedAttempt {
  outcome: HedgeOutcome | undefined = undefined;
  readonly route: Destination | undefined;
  readonly clientAddress: string;
  attemptStartedAt = 0;
  awaitsAnswer = false;
  /** Used if the first attempt failed; if it was only late, the client keeps its instance. */
  affinityCookie: string | undefined = undefined;
  private readonly since: number;
  private readonly timer: NodeJS.Timeout | undefined;
  private instance: Instance | undefined = undefined;
  private aside: Aside | undefined = undefined;

  /** Must be created just before the first attempt starts. */
  constructor(
    private readonly exchange: E,
    private readonly rules: HedgeRules,
    private readonly ground: HedgeGround<E>,
  ) {
    this.route = exchange.route;
    this.clientAddress = exchange.clientAddress;
    this.since = exchange.attemptStartedAt;
    const { delayMs } = rules;
    this.timer = delayMs === undefined ? undefined : setTimeout(() => this.send(), delayMs);
  }

  get isRunning(): boolean {
    return this.aside !== undefined;
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

  standIn(): boolean {
    if (!this.aside) return false;
    this.takePlace('stood-in', this.aside);
    return true;
  }

  settle(now: number): void {
    clearTimeout(this.timer);
    this.rules.note(now - this.since);
    this.drop('lost');
  }

  giveUp(): void {
    clearTimeout(this.timer);
    this.drop('given-up');
  }

  onAnswer(status: number, isDeclined = false): void {
    const { aside, instance, ground } = this;
    if (!aside || !instance) return;
    if (!destinationOf(this).retries.isRetriable(status)) {
      this.takePlace('won', aside);
      return;
    }
    const now = ground.now();
    ground.watch.answered(this, instance, now);
    if (isDeclined) ground.watch.declined(this, instance, now);
    else if (isFailure(status)) ground.watch.failed(this, instance, `received status ${status}`, now);
    aside.abort();
    this.onFailure(failureOf('gateway-error'));
  }

  /** The first attempt continues alone. */
  onFailure(failure: Failure): void {
    const { exchange, instance, ground } = this;
    this.end('failed');
    if (!instance) return;
    exchange.markTried(instance);
    ground.watch.ended(this, instance);
    ground.recorder.attemptFailed(exchange, instance, failure);
    ground.watch.gone(this, instance, failure, ground.now());
  }

  private send(): void {
    const { exchange, ground } = this;
    // The exchange has a response, or waits for a retry.
    if (!exchange.awaitsAnswer) return;
    this.attemptStartedAt = ground.now();
    this.instance = this.pick();
    if (!this.instance) return;
    exchange.attempts += 1;
    ground.watch.sent(this, this.instance);
    this.aside = ground.forwarder.sendAside(exchange, this.instance, ground.outcome, this);
  }

  /**
   * Selects another instance if the service has capacity. Charges the budget last: an attempt that is not sent is
   * free.
   */
  private pick(): Instance | undefined {
    const { breaker, retries } = destinationOf(this);
    if (breaker && breaker.state !== 'closed') return undefined;
    if (!this.rules.hasRoom()) return undefined;
    const instance = this.ground.candidates.pick(this);
    return instance && retries.budget.take(this.attemptStartedAt) ? instance : undefined;
  }

  /**
   * Aborts the first attempt, if it is still running, without a failure of its instance: late does not mean broken.
   */
  private takePlace(outcome: HedgeOutcome, aside: Aside): void {
    const { exchange } = this;
    this.end(outcome);
    if (outcome === 'stood-in') exchange.affinityCookie = this.affinityCookie;
    exchange.attempt?.abort();
    if (exchange.holdsInstance && exchange.instance) this.ground.watch.outrun(exchange, exchange.instance);
    exchange.instance = this.instance;
    exchange.holdsInstance = true;
    exchange.awaitsAnswer = this.awaitsAnswer;
    exchange.attemptStartedAt = this.attemptStartedAt;
    aside.adopt();
  }

  private drop(outcome: HedgeOutcome): void {
    if (!this.aside || !this.instance) return;
    this.aside.abort();
    this.ground.watch.ended(this, this.instance);
    this.end(outcome);
  }

  private end(outcome: HedgeOutcome): void {
    this.aside = undefined;
    this.outcome = outcome;
  }
}

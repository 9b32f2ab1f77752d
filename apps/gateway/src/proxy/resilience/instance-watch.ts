import type { Instance } from '../../discovery/index.js';
import { observeFailure, observeLatency } from '../balancing/latency.js';
import type { Failure } from '../exchange/failure.js';
import type { InstanceReports } from '../exchange/instance-reports.js';
import type { Destination } from '../exchange/destination.js';

/** The part of an attempt that concerns its instance. */
export interface WatchedAttempt {
  readonly route: Destination | undefined;
  readonly attemptStartedAt: number;
  awaitsAnswer: boolean;
}

/**
 * Records the effects of each attempt on the load of its instance and service, and reports an instance that is
 * unreachable or fails too often in a row.
 */
export class InstanceWatch {
  constructor(private readonly reports: InstanceReports) {}

  sent(attempt: WatchedAttempt, { load }: Instance): void {
    if (attempt.route) attempt.route.load.inFlight += 1;
    if (load.awaited === 0 && !load.isOwing) load.quietSince = attempt.attemptStartedAt;
    attempt.awaitsAnswer = true;
    load.awaited += 1;
    load.inFlight += 1;
  }

  /** A response head arrived, whatever its status. */
  answered(attempt: WatchedAttempt, { load }: Instance, now: number): void {
    if (attempt.awaitsAnswer) load.awaited -= 1;
    attempt.awaitsAnswer = false;
    load.isOwing = false;
    load.quietSince = now;
    load.respondedAt = now;
    load.hasAnswered = true;
  }

  /** Records the time to the head of a successful response. */
  timed({ attemptStartedAt }: WatchedAttempt, { load }: Instance, now: number): void {
    observeLatency(load, now - attemptStartedAt, now);
  }

  /** The instance works and declined a request: no failure, and no sample of a low latency either. */
  declined({ attemptStartedAt }: WatchedAttempt, { load }: Instance, now: number): void {
    observeFailure(load, now - attemptStartedAt, now);
  }

  /** A successful response is complete. A response that breaks off does not count as one. */
  succeeded({ load }: Instance): void {
    load.failuresInRow = 0;
  }

  failed({ route, attemptStartedAt }: WatchedAttempt, instance: Instance, why: string, now: number): void {
    const { load } = instance;
    observeFailure(load, now - attemptStartedAt, now);
    load.failuresInRow += 1;
    const most = route?.policy.ejection.failuresInRow ?? 0;
    if (most > 0 && load.failuresInRow % most === 0)
      this.reports.failing(instance, `${load.failuresInRow} consecutive failures, last: ${why}`);
  }

  /** The attempt ended without a response that could be forwarded. */
  gone(attempt: WatchedAttempt, instance: Instance, { kind, detail }: Failure, now: number): void {
    // The instance has not been tried.
    if (kind === 'exhausted' || kind === 'queue-timeout') return;
    if (kind === 'refused') this.reports.refused(instance, detail);
    else if (kind === 'connect-timeout') this.notConnected(attempt, instance, detail);
    // `accepts` has already counted a response that it rejected.
    else if (kind !== 'gateway-error') this.failed(attempt, instance, detail, now);
    if (kind === 'reset' || kind === 'timeout') this.reports.suspected(instance, detail);
  }

  /** A burst can overflow the accept queue of a healthy instance, which still responds on other connections. */
  private notConnected({ attemptStartedAt }: WatchedAttempt, instance: Instance, why: string): void {
    if (instance.load.respondedAt > attemptStartedAt) this.reports.suspected(instance, why);
    else this.reports.unreachable(instance, why);
  }

  /** A hedged attempt was faster: no failure, but {@link SilenceWatch} reports the instance if it stays silent. */
  outrun(attempt: WatchedAttempt, instance: Instance): void {
    if (attempt.awaitsAnswer) instance.load.isOwing = true;
    this.ended(attempt, instance);
  }

  ended(attempt: WatchedAttempt, { load }: Instance): void {
    if (attempt.route) attempt.route.load.inFlight -= 1;
    if (attempt.awaitsAnswer) load.awaited -= 1;
    attempt.awaitsAnswer = false;
    load.inFlight -= 1;
  }
}

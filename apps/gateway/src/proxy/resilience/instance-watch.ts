import type { Instance } from '../../discovery/index.js';
import { observeFailure, observeLatency } from '../balancing/latency.js';
import type { Failure } from '../forwarding/failure.js';
import type { InstanceReports } from '../instance-reports.js';
import type { Destination } from '../routing/destination.js';

/** An attempt, as far as it tells about its instance. */
export interface WatchedAttempt {
  readonly route: Destination | undefined;
  readonly attemptStartedAt: number;
  awaitsAnswer: boolean;
}

/**
 * Notes on the load of an instance and its service what each attempt tells about them, and reports the instance that cannot
 * be reached or fails too often in a row.
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

  /** The head of an answer has come, whatever it says. */
  answered(attempt: WatchedAttempt, { load }: Instance, now: number): void {
    if (attempt.awaitsAnswer) load.awaited -= 1;
    attempt.awaitsAnswer = false;
    load.isOwing = false;
    load.quietSince = now;
    load.hasAnswered = true;
  }

  /** The head of a good answer came after so long. */
  timed({ attemptStartedAt }: WatchedAttempt, { load }: Instance, now: number): void {
    observeLatency(load, now - attemptStartedAt, now);
  }

  /** A good answer came whole: one that breaks off each time does not count as one. */
  succeeded({ load }: Instance): void {
    load.failuresInRow = 0;
  }

  failed({ route, attemptStartedAt }: WatchedAttempt, instance: Instance, why: string, now: number): void {
    const { load } = instance;
    observeFailure(load, now - attemptStartedAt, now);
    load.failuresInRow += 1;
    const most = route?.policy.ejection.failuresInRow ?? 0;
    if (most > 0 && load.failuresInRow % most === 0)
      this.reports.failing(instance, `${load.failuresInRow} failures in a row, the last: ${why}`);
  }

  /** It ended without an answer that could be passed on. */
  gone(attempt: WatchedAttempt, instance: Instance, { kind, detail }: Failure, now: number): void {
    if (kind === 'exhausted') return;
    if (kind === 'refused') this.reports.refused(instance, detail);
    else if (kind === 'connect-timeout') this.notConnected(attempt, instance, detail);
    // The answer that was not accepted has been counted when it came.
    else if (kind !== 'gateway-error') this.failed(attempt, instance, detail, now);
    if (kind === 'reset' || kind === 'timeout') this.reports.suspected(instance, detail);
  }

  /** A burst overflows the accept queue of an instance that is well: its responses on other connections tell. */
  private notConnected({ attemptStartedAt }: WatchedAttempt, instance: Instance, why: string): void {
    if (instance.load.quietSince > attemptStartedAt) this.reports.suspected(instance, why);
    else this.reports.unreachable(instance, why);
  }

  /** Another instance was faster: that says nothing about this one, but if it stays silent somebody has to ask. */
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

import type { Instance } from '../../discovery/index.js';
import { observeFailure, observeLatency } from '../balancing/latency.js';
import type { Failure } from '../exchange/failure.js';
import type { InstanceReports } from '../exchange/instance-reports.js';
import type { Route } from '../exchange/route.js';

/** The part of an attempt that concerns its instance. */
export interface MonitoredAttempt {
  readonly route: Route | undefined;
  readonly attemptStartedAt: number;
  awaitsResponse: boolean;
}

/**
 * Records the effects of each attempt on the load of its instance and service, and reports an instance that is
 * unreachable or fails too often in a row.
 */
export class InstanceMonitor {
  constructor(private readonly reports: InstanceReports) {}

  recordSent(attempt: MonitoredAttempt, { load, version }: Instance): void {
    addToLoad(attempt, version, 1);
    if (load.awaited === 0 && !load.hasAbandonedAttempt) load.quietSince = attempt.attemptStartedAt;
    attempt.awaitsResponse = true;
    load.awaited += 1;
    load.inFlight += 1;
  }

  /** A response head arrived, whatever its status. */
  recordResponse(attempt: MonitoredAttempt, { load }: Instance, now: number): void {
    if (attempt.awaitsResponse) load.awaited -= 1;
    attempt.awaitsResponse = false;
    load.hasAbandonedAttempt = false;
    load.quietSince = now;
    load.respondedAt = now;
    load.hasResponded = true;
  }

  /** Records the time to the head of a successful response. */
  recordLatency({ attemptStartedAt }: MonitoredAttempt, { load }: Instance, now: number): void {
    observeLatency(load, now - attemptStartedAt, now);
  }

  /** The instance works and declined a request: no failure, and no sample of a low latency either. */
  recordDeclined({ attemptStartedAt }: MonitoredAttempt, { load }: Instance, now: number): void {
    observeFailure(load, now - attemptStartedAt, now);
  }

  /** A successful response is complete. A response that breaks off does not count as one. */
  recordSuccess({ load }: Instance): void {
    load.failuresInRow = 0;
  }

  recordFailure(
    { route, attemptStartedAt }: MonitoredAttempt,
    instance: Instance,
    why: string,
    now: number,
  ): void {
    const { load } = instance;
    observeFailure(load, now - attemptStartedAt, now);
    load.failuresInRow += 1;
    const most = route?.policy.ejection.failuresInRow ?? 0;
    if (most > 0 && load.failuresInRow % most === 0)
      this.reports.failing(instance, `${load.failuresInRow} consecutive failures, last: ${why}`);
  }

  /** The attempt ended without a response that could be forwarded. */
  recordFailedAttempt(
    attempt: MonitoredAttempt,
    instance: Instance,
    { kind, detail }: Failure,
    now: number,
  ): void {
    // The instance has not been tried.
    if (kind === 'exhausted' || kind === 'queue-timeout') return;
    if (kind === 'refused') this.reports.refused(instance, detail);
    else if (kind === 'connect-timeout') this.reportConnectTimeout(attempt, instance, detail);
    // `accepts` has already counted a response that it rejected.
    else if (kind !== 'gateway-error') this.recordFailure(attempt, instance, detail, now);
    if (kind === 'reset' || kind === 'timeout') this.reports.suspected(instance, detail);
  }

  /** A burst can overflow the accept queue of a healthy instance, which still responds on other connections. */
  private reportConnectTimeout(
    { attemptStartedAt }: MonitoredAttempt,
    instance: Instance,
    why: string,
  ): void {
    if (instance.load.respondedAt > attemptStartedAt) this.reports.suspected(instance, why);
    else this.reports.unreachable(instance, why);
  }

  /** A hedged attempt was faster: no failure, but {@link SilenceWatch} reports the instance if it stays silent. */
  recordOvertaken(attempt: MonitoredAttempt, instance: Instance): void {
    if (attempt.awaitsResponse) instance.load.hasAbandonedAttempt = true;
    this.recordEnd(attempt, instance);
  }

  recordEnd(attempt: MonitoredAttempt, { load, version }: Instance): void {
    addToLoad(attempt, version, -1);
    if (attempt.awaitsResponse) load.awaited -= 1;
    attempt.awaitsResponse = false;
    load.inFlight -= 1;
  }
}

function addToLoad({ route }: MonitoredAttempt, version: string, change: 1 | -1): void {
  if (!route) return;
  route.load.inFlight += change;
  const own = route.versions?.get(version);
  if (own) own.load.inFlight += change;
}

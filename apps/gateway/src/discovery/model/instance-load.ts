/**
 * What this gateway measures of an instance: the only mutable state on the request path. The proxy writes it;
 * balancers and the silence watch read it. Times are milliseconds on the monotonic clock.
 */
export class InstanceLoad {
  /** Requests sent and not finished. */
  inFlight = 0;
  /** Those of them without a response head. */
  awaited = 0;
  /** A hedged attempt was given up because another instance responded first: its response is still outstanding. */
  hasAbandonedAttempt = false;
  /**
   * A response arrived since {@link TrafficHeartbeats} last checked: the instance runs, whatever its heartbeats
   * report.
   */
  hasResponded = false;
  /** Since when no response has arrived although some were outstanding. */
  quietSince = 0;
  /** When the last response head arrived; 0 before the first. */
  respondedAt = 0;
  /** Moving estimate of the time to the response head; 0 before the first response. */
  latencyMs = 0;
  /**
   * The number of samples in {@link latencyMs}, counted only up to a few: the first ones are not
   * representative.
   */
  timings = 0;
  /** When {@link latencyMs} was last updated. */
  latencyAt = 0;
  /** Failures since the last successful response. */
  failuresInRow = 0;
}

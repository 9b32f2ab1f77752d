/**
 * What this gateway counts of an instance: the one mutable thing that the request path touches. Forward writes it,
 * balancers and the silence watch read it. Times are milliseconds on the monotonic clock.
 */
export class InstanceLoad {
  /** Requests that were sent and have not ended. */
  inFlight = 0;
  /** Of those, the ones whose answer has not begun. */
  awaited = 0;
  /** An answer was given up because another instance's came first: nobody awaits it, and it is still owed. */
  isOwing = false;
  /** An answer came since {@link TrafficBeats} last looked: the instance is there, whatever its heartbeats say. */
  hasAnswered = false;
  /** Since when nothing has been heard while answers were owed. */
  quietSince = 0;
  /** Time to the head of an answer, as it moves; 0 before the first. */
  latencyMs = 0;
  /** How many answers went into {@link latencyMs}, as far as that matters: the first say little. */
  timings = 0;
  /** When {@link latencyMs} was last heard of. */
  latencyAt = 0;
  /** Failures since the last answer that was none. */
  failuresInRow = 0;
}

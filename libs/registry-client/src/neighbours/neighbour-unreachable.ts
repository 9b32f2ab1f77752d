/** Why a neighbour gave no answer of its own. */
export type UnreachableReason =
  /** The registry names no instance that is up, or cannot be asked and never was. */
  | 'no-instance'
  /** No connection could be made: nothing was sent. */
  | 'refused'
  /** The connection ended before the answer was complete: the request may have been carried out. */
  | 'reset'
  /** No answer within the deadline: the request may have been carried out. */
  | 'timeout'
  /** It, or something before it, answered 502, 503 or 504. */
  | 'unavailable'
  /** What came back is not an answer in JSON. */
  | 'protocol';

/** The neighbour did not answer; what was asked of it may or may not have happened. Any other answer is no error. */
export class NeighbourUnreachable extends Error {
  override readonly name = 'NeighbourUnreachable';

  constructor(
    readonly service: string,
    readonly reason: UnreachableReason,
    cause?: unknown,
  ) {
    super(`${service} cannot be reached (${reason})`, { cause });
  }
}

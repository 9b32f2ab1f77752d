/** Why a call to another service failed. */
export type UnreachableReason =
  /** The registry lists no instance that is up, or the registry fails and no instance is known. */
  | 'no-instance'
  /** No connection could be established. Nothing was sent. */
  | 'refused'
  /** The connection ended before the response was complete. The request may have been processed. */
  | 'reset'
  /** No response within the deadline. The request may have been processed. */
  | 'timeout'
  /** The service, or an intermediary, returned 502, 503 or 504. */
  | 'unavailable'
  /** The response is not valid HTTP, not JSON, or too large. */
  | 'protocol';

/**
 * The call to a service failed; the request may or may not have been processed. A response with a status other than
 * 502, 503 and 504 is not an error.
 */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';

  constructor(
    readonly service: string,
    readonly reason: UnreachableReason,
    cause?: unknown,
  ) {
    super(`${service} cannot be reached (${reason})`, { cause });
  }
}

import { bodyTooLarge, type Problem } from '#contracts';
import { headTooLarge, malformedRequest, requestTimeout } from '../../exchange/problems.js';

// After an invalid body the start of the next request is unknown, so the connection closes.
const CLOSE = { headers: { connection: 'close' } };

/** The body violates the framing that the head announced, or exceeds a limit; later bytes cannot be interpreted. */
export class FramingError extends Error {
  override readonly name: string = 'FramingError';
}

/** The trailer section is valid as far as it was read, but exceeds the size or field limit. */
export class TrailersTooLarge extends FramingError {
  override readonly name = 'TrailersTooLarge';
}

/**
 * The problem of a request body. Fields that exceed a limit are not a syntax error: 431, for the trailer section as
 * for the head (RFC 9110, section 5.4; RFC 6585, section 5).
 */
export const bodyProblem = (error: FramingError): Problem =>
  error instanceof TrailersTooLarge
    ? headTooLarge(error.message, CLOSE)
    : malformedRequest(error.message, CLOSE);

/** The request body is larger than `limit` bytes. What the client may still send is not read. */
export const bodyAbove = (limit: number): Problem =>
  bodyTooLarge(`the request body is larger than ${limit} bytes`, CLOSE);

export const bodyTooSlow = (): Problem => requestTimeout('the request body did not arrive in time', CLOSE);

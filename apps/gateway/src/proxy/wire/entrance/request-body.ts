import type { Problem } from '#contracts';
import { headTooLarge, malformedRequest, requestTimeout } from '../../problems.js';
import type { BodyReader } from '../body/body-reader.js';
import { TrailersTooLarge } from '../body/framing-error.js';
import type { RequestHead } from '../head/request-head.js';

const CLOSE = { headers: { connection: 'close' } };

/** Lets `body` begin with the body of the request that `head` announces. */
export function expectBodyOf(head: RequestHead, body: BodyReader): void {
  if (head.isChunked) body.expectChunked();
  else if (head.contentLength > 0) body.expectLength(head.contentLength);
  else body.expectNone();
}

/** Where the body ended in `bytes`, or what is wrong with it. */
export function advance(body: BodyReader, bytes: Buffer): number | Problem {
  try {
    return body.read(bytes, 0);
  } catch (error) {
    const { message } = error as Error;
    return error instanceof TrailersTooLarge ? trailersTooLarge(message) : malformedRequest(message, CLOSE);
  }
}

/**
 * Fields larger than a server wants to read are no fault of syntax: 431, in the trailer section as in the head (RFC 9110, section
 * 5.4; RFC 6585, section 5).
 */
export const trailersTooLarge = (detail: string): Problem => headTooLarge(detail, CLOSE);

export const bodyTooSlow = (): Problem => requestTimeout('the body did not arrive in time', CLOSE);

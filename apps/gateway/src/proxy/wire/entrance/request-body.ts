import type { Problem } from '#contracts';
import { malformedRequest, requestTimeout } from '../../problems.js';
import type { BodyReader } from '../body/body-reader.js';
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
    return malformedRequest((error as Error).message, CLOSE);
  }
}

export const bodyTooSlow = (): Problem => requestTimeout('the body did not arrive in time', CLOSE);

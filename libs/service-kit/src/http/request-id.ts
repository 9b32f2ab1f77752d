import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;

/** The caller's request id if it is 1 to 128 visible ASCII characters, otherwise a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const sent = headers[REQUEST_ID_HEADER];
  return requestIdFrom(typeof sent === 'string' ? sent : undefined);
}

/** The id of a request with the `x-request-id` value `sent`, by the same rule. */
export const requestIdFrom = (sent: string | undefined): string =>
  sent !== undefined && VISIBLE_ASCII.test(sent) ? sent : randomUUID();

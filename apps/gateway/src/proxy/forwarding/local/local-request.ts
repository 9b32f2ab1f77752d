import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

// How many of `rawHeaders` node reads when it makes `headers` and `headersDistinct`; set by its parser alone.
const HEADERS_COUNT = Object.getOwnPropertySymbols(new IncomingMessage(new Socket())).find(
  ({ description }) => description === 'kHeadersCount',
);

/** Makes `request` read as a service would have received it over a socket of its own. */
export function presentAs(request: IncomingMessage, target: string, raw: string[]): void {
  if (!HEADERS_COUNT)
    throw new Error('this version of node:http keeps headers in a way that is not known here');
  request.url = target;
  request.rawHeaders = raw;
  // Both are made anew from `rawHeaders` when they are next asked for.
  const made = request as unknown as Record<string | symbol, unknown>;
  made[HEADERS_COUNT] = raw.length;
  made.headers = undefined;
  made.headersDistinct = undefined;
}

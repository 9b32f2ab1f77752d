import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

// Number of `rawHeaders` entries that node reads to build `headers` and `headersDistinct`; only its parser sets it.
const HEADERS_COUNT = Object.getOwnPropertySymbols(new IncomingMessage(new Socket())).find(
  ({ description }) => description === 'kHeadersCount',
);

/** Makes `request` look as if the instance had received it over its own socket. */
export function presentAs(request: IncomingMessage, target: string, raw: string[]): void {
  if (!HEADERS_COUNT) throw new Error('unsupported node:http version: unknown internal layout of headers');
  request.url = target;
  request.rawHeaders = raw;
  // Node rebuilds both from `rawHeaders` on the next access.
  const made = request as unknown as Record<string | symbol, unknown>;
  made[HEADERS_COUNT] = raw.length;
  made.headers = undefined;
  made.headersDistinct = undefined;
}

import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { RoutedExchange } from '../../exchange/route.js';
import { flatFields } from '../../http1/head/flat-fields.js';
import { linesOf } from '../../http1/head/request-lines.js';
import { editRequest, editsRequest } from '../../pipeline/phases.js';

/** An exchange whose request is node's own. */
type LocalExchange = RoutedExchange & { readonly request: IncomingMessage };

// Number of `rawHeaders` entries that node reads to build `headers` and `headersDistinct`; only its parser sets it.
const HEADERS_COUNT = Object.getOwnPropertySymbols(new IncomingMessage(new Socket())).find(
  ({ description }) => description === 'kHeadersCount',
);

/**
 * Makes the request of `exchange` look as if the instance had received it over its own socket.
 * @param raw the fields for the instance, flat, beginning with `host`
 */
export function presentAs(exchange: LocalExchange, raw: string[]): void {
  if (!HEADERS_COUNT) throw new Error('unsupported node:http version: unknown internal layout of headers');
  const { request } = exchange;
  const [, host = '', ...others] = raw;
  const edited = editsRequest(exchange) ? editRequest(exchange, host, linesOf(others)) : undefined;
  request.url = edited?.target ?? exchange.upstreamTarget;
  request.rawHeaders = edited ? ['host', edited.host, ...flatFields(edited.lines)] : raw;
  // Node rebuilds both from `rawHeaders` on the next access.
  const made = request as unknown as Record<string | symbol, unknown>;
  made[HEADERS_COUNT] = request.rawHeaders.length;
  made.headers = undefined;
  made.headersDistinct = undefined;
}

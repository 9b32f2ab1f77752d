import type { IncomingMessage } from 'node:http';
import type { RoutedExchange } from '../../exchange/route.js';
import { flatFields } from '../../http1/head/flat-fields.js';
import { linesOf } from '../../http1/head/request-lines.js';
import { replaceFields } from '../../sockets/node-internals.js';
import { editRequest, editsRequest } from '../../pipeline/phases.js';

/** An exchange whose request is node's own. */
type LocalExchange = RoutedExchange & { readonly request: IncomingMessage };

/**
 * Makes the request of `exchange` look as if the instance had received it over its own socket.
 * @param raw the fields for the instance, flat, beginning with `host`
 */
export function presentAs(exchange: LocalExchange, raw: string[]): void {
  const { request } = exchange;
  const [, host = '', ...others] = raw;
  const edited = editsRequest(exchange) ? editRequest(exchange, host, linesOf(others)) : undefined;
  request.url = edited?.target ?? exchange.upstreamTarget;
  replaceFields(request, edited ? ['host', edited.host, ...flatFields(edited.lines)] : raw);
}

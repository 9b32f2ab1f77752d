import type { IncomingMessage } from 'node:http';
import type { Instance } from '../../../discovery/index.js';
import type { FieldNames } from '../../exchange/stage.js';
import { isTrailer } from '../../http1/body/trailer-fields.js';
import { replaceFields } from '../../sockets/node-internals.js';
import type { LocalExchange } from '../exchange/local-client.js';

/** Makes the request of `exchange` look as if `instance` had received it over its own socket. */
export function presentRequest(exchange: LocalExchange, instance: Instance): void {
  const { request } = exchange.client;
  const edited = exchange.edited(instance, instance.url.slice(instance.url.indexOf('//') + 2));
  request.url = edited.target;
  replaceFields(request, exchange.flatFields(edited));
  // node:http sets the trailers before it emits `end`.
  if (exchange.head.isChunked)
    request.prependOnceListener('end', () => withholdTrailers(request, exchange.route?.phases.withheld));
}

function withholdTrailers(request: IncomingMessage, withheld: FieldNames | undefined): void {
  const { rawTrailers } = request;
  const isPassed = (name: string): boolean => isTrailer(name) && !withheld?.has(name.toLowerCase());
  if (rawTrailers.every((name, i) => i % 2 === 1 || isPassed(name))) return;
  const only = <V>(trailers: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(trailers).filter(([name]) => isPassed(name)));
  // Read before the list is replaced, from which node makes them.
  Object.assign(request, {
    trailers: only(request.trailers),
    trailersDistinct: only(request.trailersDistinct),
    rawTrailers: rawTrailers.filter((_part, i) => isPassed(rawTrailers[i - (i % 2)] ?? '')),
  });
}

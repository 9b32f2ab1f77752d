import type { PurgeSelector } from '../../../cache/purges/purge-selector.js';
import { FieldLines } from '../../../cache/rules/field-lines.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, UpstreamResponse } from '../../exchange/stage.js';
import { pathEnd } from '../../http1/rules/target.js';

/** Methods that change nothing (RFC 9110, section 9.2.1; WebDAV and QUERY by their own specifications). */
const SAFE: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'REPORT',
  'SEARCH',
  'QUERY',
]);

const FIRST_ERROR = 400;

/**
 * Removes stored responses that a request has changed (RFC 9111, section 4.4): those of its path, with any query and by
 * any route, and those of the paths that the response names.
 */
export class CacheInvalidationStage implements Stage {
  readonly name = 'cache-invalidation';

  /** @param service service in the path */
  constructor(
    private readonly service: string,
    private readonly purge: (selector: PurgeSelector) => void,
  ) {}

  upstreamResponse(exchange: StageExchange, { status, isOwn, lines }: UpstreamResponse): undefined {
    if (SAFE.has(exchange.method)) return;
    // Without a response, an instance may have changed something nevertheless.
    if (isOwn ? exchange.attempts === 0 : status >= FIRST_ERROR) return;
    this.invalidate(exchange.upstreamTarget);
    const fields = new FieldLines(lines);
    for (const name of ['location', 'content-location']) {
      const target = targetIn(fields.get(name), exchange);
      if (target !== undefined) this.invalidate(target);
    }
  }

  /** The client has left before the response: the instance may have changed something nevertheless. */
  complete(exchange: StageExchange): void {
    if (SAFE.has(exchange.method) || exchange.status !== 0 || exchange.attempts === 0) return;
    this.invalidate(exchange.upstreamTarget);
  }

  /** @param target path after the prefix of the service, with or without a query */
  private invalidate(target: string): void {
    const path = target.slice(0, pathEnd(target));
    this.purge({ service: this.service, path });
  }
}

/** The path of a URL after the prefix of the service; `undefined` if it is elsewhere. */
function targetIn(url: string | undefined, exchange: StageExchange): string | undefined {
  const { scheme, publicHost, publicTarget, target, route } = exchange;
  if (url === undefined || publicHost === undefined || !route) return undefined;
  const base = `${scheme}://${publicHost}${publicTarget}`;
  if (!URL.canParse(url, base)) return undefined;
  const { host, pathname } = new URL(url, base);
  const prefix = publicTarget.slice(0, publicTarget.length - (target.length - route.prefix.length));
  if (host !== new URL(base).host || !pathname.startsWith(`${prefix}/`)) return undefined;
  return pathname.slice(prefix.length);
}

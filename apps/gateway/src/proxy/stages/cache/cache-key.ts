import { variantOf, type HeaderOf } from '../../../cache/rules/vary.js';
import type { CachePolicy } from '../../../policy/members/cache.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { pathEnd } from '../../http1/rules/target.js';

/** Computes the keys of a route's responses. */
export class CacheKeys {
  private readonly parameters: ReadonlySet<string> | undefined;
  private readonly headers: readonly string[];

  /** @param scope differs for routes that must not share responses, and for versions of one route */
  constructor(
    private readonly scope: string,
    key: CachePolicy['key'],
  ) {
    const query = key?.query ?? 'all';
    this.parameters = query === 'all' ? undefined : new Set(query);
    this.headers = key?.headers ?? [];
  }

  /**
   * The key of a request, for the version that it gets. It has the scheme, host and path that the client used, and the
   * `Host` of a proxy in between: instances receive them and may use them in their response.
   */
  of(exchange: StageExchange, headerOf: HeaderOf): string {
    const { scheme, host, publicHost = '', publicTarget, version = '' } = exchange;
    const proxied = host === undefined || host === publicHost ? '' : host;
    const headers = this.headers.length > 0 ? `\n${variantOf(this.headers, headerOf)}` : '';
    return `${this.scope} ${version} ${scheme}:${proxied}//${publicHost}${this.narrowed(publicTarget)}${headers}`;
  }

  /** `target` with the parameters of the key alone: others could change a response that requests without them share. */
  narrowed(target: string): string {
    const { parameters } = this;
    if (!parameters) return target;
    const end = pathEnd(target);
    const query = target
      .slice(end + 1)
      .split('&')
      .map((text) => ({ text, name: nameOf(text) }))
      .filter(({ name }) => parameters.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
      .map(({ text }) => text)
      .join('&');
    return query === '' ? target.slice(0, end) : `${target.slice(0, end)}?${query}`;
  }
}

/** The decoded name of a query parameter; as it stands if it cannot be decoded. */
function nameOf(parameter: string): string {
  const name = (parameter.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

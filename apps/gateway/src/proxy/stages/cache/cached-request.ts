import { CacheControl } from '../../../cache/rules/cache-control.js';
import type { HeaderOf } from '../../../cache/rules/vary.js';
import type { StoringRequest } from '../../../cache/store-head.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { anyOf } from '../../exchange/field-pattern.js';
import type { FieldNames } from '../../exchange/stage.js';
import { pathEnd } from '../../http1/rules/target.js';

/** Any character that CGI-like servers read as the hyphen of a name. */
const HYPHEN = '[^a-z\\d:\\r\\n]';

/** Fields with which clients ask services for another method or path than that of the request. */
const OVERRIDING = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
].map((name) => name.replaceAll('-', HYPHEN));

/** `Connection` that names other fields: instances do not receive them, so they must not select a response. */
const NAMING_FIELDS = 'connection(?!: ?(?:close|keep-alive|upgrade)\r\n)';

/** Also conditions that only the service can decide (RFC 9110, section 13.1). */
const BYPASSING = anyOf(...OVERRIDING, NAMING_FIELDS, 'if-match', 'if-unmodified-since');

/** Other fields that matter to a cache. Most requests have none of them. */
const RELEVANT = anyOf(
  'authorization',
  'cache-control',
  'cookie',
  'if-modified-since',
  'if-none-match',
  'range',
);

/**
 * Why a cache does not handle a request; `undefined` if it does. A body or one of the fields could change the response
 * although it is no part of the key.
 */
export function bypassReason(exchange: StageExchange): 'method' | 'bypass' | undefined {
  const { method, hasBody, isUpgrade } = exchange;
  if (method !== 'GET' && method !== 'HEAD') return 'method';
  return hasBody || isUpgrade || exchange.hasAny(BYPASSING) ? 'bypass' : undefined;
}

/** A request that the cache handles. */
export class CachedRequest implements StoringRequest {
  readonly path: string;
  readonly control: CacheControl;
  readonly hasAuthorization: boolean;
  readonly headerOf: HeaderOf;
  /** The request has no field that can change the reply with a stored response. */
  readonly isPlain: boolean;
  private readonly version: string | undefined;

  /** @param withheld fields of clients that instances do not receive */
  constructor(
    readonly service: string,
    private readonly exchange: StageExchange,
    withheld: FieldNames | undefined,
  ) {
    const { upstreamTarget, identity, version } = exchange;
    this.version = version;
    this.path = upstreamTarget.slice(0, pathEnd(upstreamTarget));
    this.isPlain = !exchange.hasAny(RELEVANT);
    this.control = CacheControl.parse(this.relevant('cache-control'));
    this.hasAuthorization = identity !== undefined || this.relevant('authorization') !== undefined;
    this.headerOf = withheld
      ? (name) => identity?.fields.get(name) ?? (withheld.has(name) ? undefined : exchange.header(name))
      : (name) => exchange.header(name);
  }

  get method(): string {
    return this.exchange.method;
  }

  /** Its version of the service had no instance left, so another one has responded: the key is not that of the response. */
  get hasMoved(): boolean {
    return this.exchange.version !== this.version;
  }

  get hasCookie(): boolean {
    return this.relevant('cookie') !== undefined;
  }

  get isRange(): boolean {
    return this.relevant('range') !== undefined;
  }

  /** The response may be stored, as far as the request permits it. */
  get mayStore(): boolean {
    return this.method === 'GET' && !this.control.has('no-store') && !this.control.isMalformed;
  }

  /** The request may wait for an equal one, and equal ones for it. */
  get mayShare(): boolean {
    return (
      this.mayStore &&
      !this.hasAuthorization &&
      !this.control.has('no-cache') &&
      !this.hasCookie &&
      !this.isRange
    );
  }

  private relevant(name: string): string | undefined {
    return this.isPlain ? undefined : this.exchange.header(name);
  }
}

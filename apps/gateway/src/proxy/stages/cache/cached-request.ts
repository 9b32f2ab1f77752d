import { CacheControl } from '../../../cache/rules/cache-control.js';
import type { HeaderOf } from '../../../cache/rules/vary.js';
import type { StoringRequest } from '../../../cache/store-head.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { FieldNames } from '../../exchange/stage.js';
import { pathEnd } from '../../http1/rules/target.js';

/** Fields with which clients ask services for another method or path than that of the request. */
const OVERRIDES = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
] as const;

/** Conditions that only the service can decide (RFC 9110, section 13.1). */
const PRECONDITIONS = ['if-match', 'if-unmodified-since'] as const;

/**
 * Why a cache does not handle a request; `undefined` if it does. A body or an overriding field could change the response
 * although it is no part of the key.
 */
export function bypassReason(exchange: StageExchange): 'method' | 'bypass' | undefined {
  const { method } = exchange;
  if (method !== 'GET' && method !== 'HEAD') return 'method';
  if (exchange.hasBody || exchange.isUpgrade) return 'bypass';
  const has = (name: string): boolean => exchange.header(name) !== undefined;
  return OVERRIDES.some(has) || PRECONDITIONS.some(has) ? 'bypass' : undefined;
}

/** A request that the cache handles. */
export class CachedRequest implements StoringRequest {
  readonly path: string;
  readonly control: CacheControl;
  readonly hasAuthorization: boolean;
  readonly headerOf: HeaderOf;
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
    this.control = CacheControl.parse(exchange.header('cache-control'));
    this.hasAuthorization = identity !== undefined || exchange.header('authorization') !== undefined;
    this.headerOf = withheld
      ? (name) => identity?.fields.get(name) ?? (withheld.has(name) ? undefined : exchange.header(name))
      : (name) => exchange.header(name);
  }

  /** Its version of the service had no instance left, so another one has responded: the key is not that of the response. */
  get hasMoved(): boolean {
    return this.exchange.version !== this.version;
  }

  get hasCookie(): boolean {
    return this.exchange.header('cookie') !== undefined;
  }

  get isRange(): boolean {
    return this.exchange.header('range') !== undefined;
  }

  /** The response may be stored, as far as the request permits it. */
  get mayStore(): boolean {
    return this.exchange.method === 'GET' && !this.control.has('no-store') && !this.control.isMalformed;
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
}

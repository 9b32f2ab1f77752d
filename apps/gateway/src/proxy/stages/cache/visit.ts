import type { Fill, Waiting } from '../../../cache/fills.js';
import type { ForwardReason } from '../../../cache/rules/cache-status.js';
import type { StoredHead, StoredResponse } from '../../../cache/stored-response.js';
import type { BodyCollector } from './body-collector.js';
import type { CachedRequest } from './cached-request.js';

/** A request that the cache handles, and what it found. */
export interface LookUp {
  readonly request: CachedRequest;
  readonly key: string;
  /** The stored response that the request selects, fresh or stale. */
  readonly stored: StoredResponse | undefined;
}

/** What the cache keeps of an exchange that it forwards. Written by the stages of the cache. */
export class CacheVisit {
  waiting: Waiting | undefined = undefined;
  /** The gateway itself repeats a request to replace a stale response, which is used meanwhile. */
  isRefresh = false;
  /** The request has waited for another one. */
  isCollapsed = false;
  /** The gateway stops waiting at this time, on the monotonic clock. */
  waitsUntil = 0;
  /** The responses that gateways share were looked up. */
  hasAskedTier = false;
  /** The response may be stored. */
  fill: Fill | undefined = undefined;
  /** The first attempt was sent, on the monotonic clock. */
  sentAt = 0;
  /** The last attempt asks the instance to confirm the stored response. */
  isValidating = false;
  /** The reply is a stored response, and has its `Cache-Status`. */
  isServed = false;
  /** Status of the response of the instance. */
  status: number | undefined = undefined;
  /** The response that is being stored. */
  head: StoredHead | undefined = undefined;
  body: BodyCollector | undefined = undefined;

  constructor(
    public reason: ForwardReason,
    /** `undefined`: the cache does not handle the request, or has not yet. */
    public lookUp: LookUp | undefined,
  ) {}
}

import { performance } from 'node:perf_hooks';
import type { Purges } from '../../../cache/purges/purges.js';
import type { ResponseCache } from '../../../cache/response-cache.js';
import { forwardedStatus } from '../../../cache/rules/cache-status.js';
import { hasValidator, isSameVersion } from '../../../cache/rules/conditional.js';
import { FieldLines } from '../../../cache/rules/field-lines.js';
import { isInWindow, type Arrival } from '../../../cache/rules/freshness.js';
import {
  confirmedHead,
  storedHeadOf,
  updatedLines,
  validatorsOf,
  type StoringPolicy,
} from '../../../cache/store-head.js';
import { withBody, type StoredResponse } from '../../../cache/stored-response.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Reply, Stage, StageResponse, StageSlot, UpstreamResponse } from '../../exchange/stage.js';
import { BodyCollector } from './body-collector.js';
import type { CachedRequest } from './cached-request.js';
import { storedReply } from './stored-reply.js';
import type { CacheVisit, LookUp } from './visit.js';

/** What a {@link CacheStoreStage} is built from. */
export interface CacheStoreParts {
  readonly cache: ResponseCache;
  readonly purges: Pick<Purges, 'isTrusted'>;
  readonly policy: StoringPolicy & { readonly maxObject: number };
  readonly counts: { stored: number };
  readonly slot: StageSlot<CacheVisit>;
}

const NOT_MODIFIED = 304;
/** In place of a response that the gateway itself requested and cannot store: its body may have no end. */
const UNUSED: Reply = { status: 204, fields: {}, body: Buffer.alloc(0) };
/** Failures of a service for which a stale response may be used instead (RFC 5861, section 4). */
const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * Stores responses as instances sent them, before other stages edit their fields. Replies with the stored response if an
 * instance confirms it, or while the service fails.
 */
export class CacheStoreStage implements Stage {
  readonly name = 'cache-store';

  constructor(
    private readonly parts: CacheStoreParts,
    private readonly now: () => number = () => performance.now(),
  ) {}

  upstreamResponse(exchange: StageExchange, response: UpstreamResponse): Reply | undefined {
    const visit = this.parts.slot.get(exchange);
    if (!visit || visit.isServed) return undefined;
    if (!response.isOwn) visit.status = response.status;
    if (!visit.lookUp) return undefined;
    const stale = this.staleInstead(visit.lookUp, response);
    if (stale) return this.serveStale(exchange, visit, visit.lookUp, stale);
    if (response.isOwn) return undefined;
    if (exchange.method === 'HEAD') this.follow(visit.lookUp, response);
    const { stored } = visit.lookUp;
    if (visit.fill && response.status === NOT_MODIFIED && visit.isValidating && stored)
      return this.confirm(exchange, visit, { ...visit.lookUp, stored }, response);
    if (visit.fill) this.beginToStore(visit, visit.lookUp, response);
    return visit.isRefresh && !visit.head ? UNUSED : undefined;
  }

  observesBody(exchange: StageExchange): boolean {
    return this.parts.slot.get(exchange)?.body !== undefined;
  }

  responseBody(exchange: StageExchange, bytes: Buffer): void {
    const visit = this.parts.slot.get(exchange);
    if (!visit?.body) return;
    if (!visit.body.add(bytes)) this.giveUp(visit);
    // Requests that wait for this one do not wait for its client.
    else if (visit.body.isComplete) this.finish(visit);
  }

  response(exchange: StageExchange, { fields }: StageResponse): void {
    const visit = this.parts.slot.get(exchange);
    if (!visit || visit.isServed) return;
    const { reason, status, isCollapsed, head } = visit;
    fields.append(
      'cache-status',
      forwardedStatus({ reason, status, isCollapsed, isStored: head !== undefined }),
    );
  }

  complete(exchange: StageExchange): void {
    const visit = this.parts.slot.get(exchange);
    if (!visit) return;
    visit.waiting?.stop();
    if (visit.body && exchange.ending === 'completed') this.finish(visit);
    // If the response was not complete, or the client left before it arrived, the next request may store it.
    const isOpen = visit.head !== undefined || exchange.status === 0;
    if (visit.fill) this.parts.cache.fills.end(visit.fill, isOpen ? 'look-up' : 'forward');
  }

  /** Begins to store a response, or lets the requests go that wait for it. */
  private beginToStore(visit: CacheVisit, { request }: LookUp, response: UpstreamResponse): void {
    const { maxObject } = this.parts.policy;
    if (response.contentLength <= maxObject && !request.hasMoved)
      visit.head = storedHeadOf(response, request, this.arrivalOf(visit), this.parts.policy);
    if (visit.head) visit.body = new BodyCollector(maxObject, response.contentLength);
    else this.giveUp(visit);
  }

  private giveUp(visit: CacheVisit): void {
    const { cache } = this.parts;
    visit.head = undefined;
    visit.body = undefined;
    if (!visit.fill) return;
    const { sharedBy } = visit.fill;
    // A failure says nothing about the next response.
    if (sharedBy !== undefined && !FAILURES.has(visit.status ?? 0)) cache.fills.markUncacheable(sharedBy);
    cache.fills.end(visit.fill, 'forward');
  }

  private finish(visit: CacheVisit): void {
    const { head, fill, lookUp } = visit;
    const body = visit.body?.take();
    visit.body = undefined;
    if (!head || !fill || !lookUp || !body) return;
    this.parts.cache.store(fill, lookUp.key, withBody(head, body));
    this.parts.counts.stored += 1;
  }

  /** An instance has confirmed the stored response (RFC 9111, section 4.3.4). */
  private confirm(
    exchange: StageExchange,
    visit: CacheVisit,
    { request, key, stored }: LookUp & { readonly stored: StoredResponse },
    response: UpstreamResponse,
  ): Reply {
    const { cache, policy } = this.parts;
    const head =
      isOfSameVersion(stored, response) && !request.hasMoved
        ? confirmedHead(stored, response, request, this.arrivalOf(visit), policy)
        : undefined;
    const confirmed: StoredResponse = head
      ? withBody(head, stored.body)
      : withBody({ ...stored, lines: updatedLines(stored, response.lines) }, stored.body);
    if (head && !visit.fill?.isDiscarded) cache.update(key, stored, confirmed, visit.fill);
    else cache.remove(key, stored);
    if (visit.fill) cache.fills.end(visit.fill, head ? 'look-up' : 'forward');
    exchange.cache = 'revalidated';
    return this.serve(request, visit, confirmed, head !== undefined);
  }

  /** A HEAD response tells whether the stored response to GET still applies (RFC 9111, section 4.3.5). */
  private follow({ request, key, stored }: LookUp, response: UpstreamResponse): void {
    if (!stored || response.status !== 200 || request.hasMoved) return;
    const { cache, policy } = this.parts;
    const { contentLength } = response;
    // Without a length and a validator, nothing tells whether the body is still the same.
    if (contentLength === -1 && !hasValidator(validatorsOf(new FieldLines(response.lines)))) return;
    const hasLength = contentLength === -1 || contentLength === stored.body.length;
    const now = this.now();
    const arrival = { sentAt: now, receivedAt: now, date: Date.now() };
    const head =
      hasLength && isOfSameVersion(stored, response)
        ? confirmedHead(stored, response, request, arrival, policy)
        : undefined;
    if (head) cache.update(key, stored, withBody(head, stored.body));
    else cache.remove(key, stored);
  }

  /** The stored response, if it may be used instead of a failure: not if it was purged, or may have been. */
  private staleInstead(
    { key, stored, request }: LookUp,
    { status }: UpstreamResponse,
  ): StoredResponse | undefined {
    if (!stored || !FAILURES.has(status)) return undefined;
    const { cache, purges } = this.parts;
    const now = this.now();
    if (!isInWindow(stored, stored.staleIfError, now) || !purges.isTrusted(stored.receivedAt, now))
      return undefined;
    return cache.find(key)?.select(request.headerOf) === stored ? stored : undefined;
  }

  private serveStale(
    exchange: StageExchange,
    visit: CacheVisit,
    { request, key }: LookUp,
    stored: StoredResponse,
  ): Reply {
    const { fills } = this.parts.cache;
    fills.markFailing(key);
    if (visit.fill) fills.end(visit.fill, 'look-up');
    exchange.cache = 'stale';
    return this.serve(request, visit, stored, false);
  }

  private serve(request: CachedRequest, visit: CacheVisit, stored: StoredResponse, isStored: boolean): Reply {
    const { reason, status, isCollapsed } = visit;
    visit.isServed = true;
    const cacheStatus = forwardedStatus({ reason, status, isCollapsed, isStored });
    return storedReply(request, stored, this.now(), cacheStatus);
  }

  private arrivalOf({ sentAt }: CacheVisit): Arrival {
    return { sentAt, receivedAt: this.now(), date: Date.now() };
  }
}

/** Whether the validators of a response without a body are those of the stored one, as far as it has any. */
function isOfSameVersion(stored: StoredResponse, { lines }: UpstreamResponse): boolean {
  const received = validatorsOf(new FieldLines(lines));
  if (!hasValidator(received)) return true;
  if (received.etag !== undefined)
    return stored.etag !== undefined && isSameVersion(received.etag, stored.etag);
  return received.lastModified === stored.lastModified;
}

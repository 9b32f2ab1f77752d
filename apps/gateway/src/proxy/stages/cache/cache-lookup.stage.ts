import { performance } from 'node:perf_hooks';
import type { Fill, Waiting } from '../../../cache/fills.js';
import type { Purges } from '../../../cache/purges/purges.js';
import type { ResponseCache } from '../../../cache/response-cache.js';
import { hitStatus, type ForwardReason } from '../../../cache/rules/cache-status.js';
import { hasValidator } from '../../../cache/rules/conditional.js';
import { forwardReason, isInWindow, requiresNewer, timeLeft } from '../../../cache/rules/freshness.js';
import { variantOf } from '../../../cache/rules/vary.js';
import type { StoredResponse } from '../../../cache/stored-response.js';
import type { SendDetached } from '../../exchange/detached.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { notStored } from '../../exchange/problems.js';
import type {
  Decision,
  FieldNames,
  Preview,
  PreviewRequest,
  Reply,
  Stage,
  StageSlot,
  UpstreamRequest,
} from '../../exchange/stage.js';
import { timeLimitOf } from '../../resilience/time-limit.js';
import type { CacheKeys } from './cache-key.js';
import { bypassReason, CachedRequest } from './cached-request.js';
import { storedReply } from './stored-reply.js';
import { CacheVisit, type LookUp } from './visit.js';

/** What a {@link CacheLookupStage} is built from. */
export interface CacheLookupParts {
  readonly cache: ResponseCache;
  readonly purges: Pick<Purges, 'isTrusted'>;
  readonly keys: CacheKeys;
  /** Service in the path. */
  readonly service: string;
  /** Maximum size of a stored body. */
  readonly maxObject: number;
  /** Longest duration of a request, in milliseconds; 0: unlimited. */
  readonly totalMs: number;
  /** Fields of clients that instances do not receive. */
  readonly withheld: FieldNames | undefined;
  readonly counts: { coalesced: number };
  /** Sends requests that replace stale responses; `undefined`: clients wait for them. */
  readonly sendDetached: SendDetached | undefined;
  /** For `CacheStoreStage`. */
  readonly slot: StageSlot<CacheVisit>;
}

/**
 * How long a request waits for an equal one. Beyond it, the service is slow or the client of the other request is, and
 * waiting costs more than another request to the service.
 */
const WAIT_MS = 5000;

/** Fields that would make a response incomplete. */
const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-range', 'range'];

/** Replies with stored responses. Forwards other requests, of equal ones only the first. */
export class CacheLookupStage implements Stage {
  readonly name = 'cache';
  /** Keys of the responses that are being replaced. */
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly parts: CacheLookupParts,
    private readonly now: () => number = () => performance.now(),
  ) {}

  request(exchange: StageExchange): Decision | Promise<Decision> {
    const reason = bypassReason(exchange);
    if (reason !== undefined) {
      exchange.cache = 'bypass';
      this.parts.slot.set(exchange, new CacheVisit(reason, undefined));
      return undefined;
    }
    const { service, withheld, keys } = this.parts;
    const request = new CachedRequest(service, exchange, withheld);
    return this.lookUp(exchange, request, keys.of(exchange, request.headerOf));
  }

  upstreamRequest(exchange: StageExchange, upstream: UpstreamRequest): void {
    const visit = this.parts.slot.get(exchange);
    if (!visit?.lookUp) return;
    upstream.target = this.parts.keys.narrowed(upstream.target);
    if (!visit.fill) return;
    const { stored } = visit.lookUp;
    visit.sentAt ||= this.now();
    // Other requests need the whole response.
    if (stored || visit.fill.sharedBy !== undefined)
      for (const name of CONDITIONS) upstream.fields.remove(name);
    // To get a whole response from this process is as cheap as its confirmation.
    visit.isValidating =
      stored !== undefined && hasValidator(stored) && upstream.instance.transport !== 'local';
    if (!visit.isValidating || !stored) return;
    if (stored.etag !== undefined) upstream.fields.append('if-none-match', stored.etag);
    if (stored.lastModified !== undefined) upstream.fields.append('if-modified-since', stored.lastModified);
  }

  preview({ method, upstreamTarget }: PreviewRequest): Preview {
    const isHandled = method === 'GET' || method === 'HEAD';
    const path = upstreamTarget.replace(/\?.*/s, '');
    const count = this.parts.cache.countAt(this.parts.service, path);
    return {
      decision: 'continue',
      detail: isHandled
        ? `a stored response is used if one matches; ${count} ${count === 1 ? 'is' : 'are'} stored of this path`
        : `${method} requests are forwarded`,
    };
  }

  private lookUp(exchange: StageExchange, request: CachedRequest, key: string): Decision | Promise<Decision> {
    const now = this.now();
    const variants = this.parts.cache.find(key);
    const found = variants?.select(request.headerOf);
    const stored = found && (found.isShareable || !request.hasAuthorization) ? found : undefined;
    const reason =
      stored &&
      (forwardReason(stored, request.control, now) ?? (this.isTrusted(stored, now) ? undefined : 'stale'));
    if (
      stored &&
      (reason === undefined ||
        (reason === 'stale' && this.mayBeStale(exchange, { request, key, stored }, now)))
    )
      return this.serve(exchange, request, stored, now);
    if (request.control.has('only-if-cached')) return notStored('no stored response can be used');
    const missing = found ? 'request' : variants ? 'vary-miss' : 'uri-miss';
    return this.forward(exchange, reason ?? missing, { request, key, stored });
  }

  /** `false` if the response may have been purged without this gateway knowing: the service has to confirm it. */
  private isTrusted({ receivedAt }: StoredResponse, now: number): boolean {
    return this.parts.purges.isTrusted(receivedAt, now);
  }

  /** Whether a stale response may be used: the service failed a moment ago, or the response is being replaced. */
  private mayBeStale(
    exchange: StageExchange,
    lookUp: LookUp & { stored: StoredResponse },
    now: number,
  ): boolean {
    const { request, key, stored } = lookUp;
    if (!this.isTrusted(stored, now)) return false;
    if (this.parts.cache.fills.isFailing(key) && isInWindow(stored, stored.staleIfError, now)) return true;
    if (requiresNewer(request.control, stored, now)) return false;
    const isRefresh = this.parts.slot.get(exchange)?.isRefresh === true;
    const isUsable = isInWindow(stored, stored.staleWhileRevalidate, now);
    return !isRefresh && isUsable && this.refresh(exchange, key);
  }

  /** Replaces a stale response in the background; `false` if clients have to wait for that. */
  private refresh(exchange: StageExchange, key: string): boolean {
    const { sendDetached, slot, maxObject } = this.parts;
    if (!sendDetached) return false;
    if (this.refreshing.has(key)) return true;
    this.refreshing.add(key);
    const isSent = sendDetached(exchange, {
      maxResponseBytes: maxObject,
      prepare: (copy) => {
        const visit = new CacheVisit('stale', undefined);
        visit.isRefresh = true;
        slot.set(copy, visit);
      },
      onEnd: () => this.refreshing.delete(key),
    });
    if (!isSent) this.refreshing.delete(key);
    return isSent;
  }

  private serve(exchange: StageExchange, request: CachedRequest, stored: StoredResponse, now: number): Reply {
    exchange.cache = timeLeft(stored, now) > 0 ? 'hit' : 'stale';
    const visit = this.parts.slot.get(exchange);
    if (visit) visit.isServed = true;
    return storedReply(request, stored, now, hitStatus(stored, now));
  }

  private forward(
    exchange: StageExchange,
    reason: ForwardReason,
    lookUp: LookUp,
  ): undefined | Promise<Decision> {
    const { slot, cache } = this.parts;
    const { request, stored } = lookUp;
    const visit = slot.get(exchange) ?? new CacheVisit(reason, lookUp);
    // It has waited for a response that it cannot use, so it waits for no further one.
    const isInVain = visit.isCollapsed && stored !== undefined && stored !== visit.lookUp?.stored;
    visit.reason = reason;
    visit.lookUp = lookUp;
    slot.set(exchange, visit);
    exchange.cache = stored ? 'expired' : 'miss';
    // A part of a response is not stored.
    if (!request.mayStore || (request.isRange && !stored)) return undefined;
    const equal = this.sharedKey(lookUp);
    // Equal requests would wait one after the other: the service has to confirm each use of the response.
    if (isInVain && reason === 'stale' && equal !== undefined) cache.fills.markUncacheable(equal);
    const sharedBy = isInVain ? undefined : equal;
    const running = sharedBy === undefined ? undefined : cache.fills.sharedFor(sharedBy);
    const ms = running ? this.msToWait(exchange, visit) : 0;
    if (running && ms > 0) return this.wait(exchange, visit, lookUp, cache.fills.wait(running, ms));
    visit.fill = cache.fills.begin(request.service, request.path, running ? undefined : sharedBy);
    if (stored || visit.hasAskedTier || !cache.isShared) return undefined;
    return this.askTier(exchange, visit, visit.fill, lookUp);
  }

  /** Looks for a response that another gateway has stored. */
  private async askTier(
    exchange: StageExchange,
    visit: CacheVisit,
    fill: Fill,
    { request, key }: LookUp,
  ): Promise<Decision> {
    visit.hasAskedTier = true;
    const isFound = await this.parts.cache.takeShared(fill, key, request.headerOf);
    // The client may have left.
    if (!isFound || exchange.isOver) return undefined;
    visit.fill = undefined;
    return this.lookUp(exchange, request, key);
  }

  /** Requests with the same one wait for each other; `undefined`: this request does not. */
  private sharedKey({ request, key }: LookUp): string | undefined {
    if (!request.mayShare) return undefined;
    const { fills } = this.parts.cache;
    // Without a stored response, nothing tells which fields select one.
    const vary = this.parts.cache.find(key)?.first.vary ?? [];
    const sharedBy = vary.length === 0 ? key : `${key}\n${variantOf(vary, request.headerOf)}`;
    return fills.isUncacheable(sharedBy) ? undefined : sharedBy;
  }

  private msToWait(exchange: StageExchange, visit: CacheVisit): number {
    if (visit.waitsUntil === 0) {
      const limitMs = timeLimitOf(exchange, this.parts.totalMs) ?? Infinity;
      visit.waitsUntil = Math.min(this.now() + WAIT_MS, exchange.startedAt + limitMs);
    }
    return visit.waitsUntil - this.now();
  }

  private async wait(
    exchange: StageExchange,
    visit: CacheVisit,
    { request, key }: LookUp,
    waiting: Waiting,
  ): Promise<Decision> {
    this.parts.counts.coalesced += 1;
    visit.isCollapsed = true;
    visit.waiting = waiting;
    const release = await waiting.released;
    visit.waiting = undefined;
    // The client has left: nothing may begin for it.
    if (exchange.isOver) return undefined;
    if (release === 'look-up') return this.lookUp(exchange, request, key);
    visit.fill = this.parts.cache.fills.begin(request.service, request.path, undefined);
    return undefined;
  }
}

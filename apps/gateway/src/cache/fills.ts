import { LRUCache } from 'lru-cache';
import type { PurgePosition } from './purges/shared-purges.js';
import type { SharedResponses } from './shared-responses.js';
import { covers, type PurgeLabels, type PurgeSelector } from './purges/purge-selector.js';

/** What a request does that has waited for a fill: look up again, or be forwarded without waiting any more. */
export type Release = 'look-up' | 'forward';

/** Requests that wait, over all fills: each holds its connection and its memory. */
const MAX_WAITING = 20_000;

/** How long requests for an uncacheable response do not wait for each other, and how many keys are remembered. */
const UNCACHEABLE_MS = 10_000;
const MAX_REMEMBERED = 5000;
/** Clients choose the length of keys. */
const REMEMBERED = {
  max: MAX_REMEMBERED,
  maxSize: 4 * 1024 ** 2,
  sizeCalculation: (_: true, { length }: string): number => length,
};

/** How long stale responses are used without another attempt after the service has failed. */
const FAILING_MS = 1000;

/** A request that waits for a fill. */
export interface Waiting {
  readonly released: Promise<Release>;
  /** Ends waiting; {@link released} then stays pending. */
  readonly stop: () => void;
}

/** A response that is being fetched, and may be stored. */
export class Fill implements PurgeLabels {
  /** It was purged meanwhile, and must not be stored. */
  isDiscarded = false;
  readonly tags: readonly string[] = [];
  readonly waiting = new Set<(release: Release) => void>();

  /**
   * @param sharedBy requests with this key wait for the fill; `undefined`: none do
   * @param position in the order of purges when it began; `undefined` if gateways share no responses
   */
  constructor(
    readonly service: string,
    readonly path: string,
    readonly sharedBy: string | undefined,
    readonly position: PurgePosition | undefined,
  ) {}
}

/** The fills under way. Equal requests wait for the first of them (RFC 9111, section 4). */
export class Fills {
  private readonly running = new Set<Fill>();
  private readonly shared = new Map<string, Fill>();
  private readonly uncacheable = new LRUCache<string, true>({ ...REMEMBERED, ttl: UNCACHEABLE_MS });
  private readonly failing = new LRUCache<string, true>({ ...REMEMBERED, ttl: FAILING_MS });
  /** Requests that wait. */
  waitingCount = 0;

  /** @param tier `undefined`: gateways share no responses */
  constructor(private readonly tier?: Pick<SharedResponses, 'position'>) {}

  get count(): number {
    return this.running.size;
  }

  begin(service: string, path: string, sharedBy: string | undefined): Fill {
    const fill = new Fill(service, path, sharedBy, this.tier?.position);
    this.running.add(fill);
    if (sharedBy !== undefined) this.shared.set(sharedBy, fill);
    return fill;
  }

  /** Whether the fill has not ended: then purges discard it. */
  isRunning(fill: Fill): boolean {
    return this.running.has(fill);
  }

  /** Ends a fill, once; requests that wait for it are released. */
  end(fill: Fill, release: Release): void {
    if (!this.running.delete(fill)) return;
    const { sharedBy, waiting } = fill;
    if (sharedBy !== undefined && this.shared.get(sharedBy) === fill) this.shared.delete(sharedBy);
    for (const end of waiting) end(release);
  }

  /** The fill that a request with this key can wait for. */
  sharedFor(key: string): Fill | undefined {
    return this.waitingCount < MAX_WAITING ? this.shared.get(key) : undefined;
  }

  /**
   * Waits until a fill ends.
   * @param ms after this time, the request is forwarded
   */
  wait(fill: Fill, ms: number): Waiting {
    let stop = (): void => undefined;
    const released = new Promise<Release>((resolve) => {
      const end = (release: Release): void => {
        stop();
        resolve(release);
      };
      const timer = setTimeout(end, ms, 'forward');
      stop = () => {
        clearTimeout(timer);
        if (fill.waiting.delete(end)) this.waitingCount -= 1;
      };
      fill.waiting.add(end);
      this.waitingCount += 1;
    });
    return { released, stop: () => stop() };
  }

  /** Remembers that requests with this key need not wait for each other. */
  markUncacheable(key: string): void {
    this.uncacheable.set(key, true);
  }

  isUncacheable(key: string): boolean {
    return this.uncacheable.has(key);
  }

  /** Remembers that the service failed to confirm a stale response, which was used instead. */
  markFailing(key: string): void {
    this.failing.set(key, true);
  }

  isFailing(key: string): boolean {
    return this.failing.has(key);
  }

  /** The responses of these fills are not stored. Their tags are not known yet: all are taken to be selected. */
  discard({ tags, ...place }: PurgeSelector): void {
    for (const fill of this.running) {
      if (tags?.length === 0 || !covers(place, fill)) continue;
      fill.isDiscarded = true;
      // Requests that arrive from now on need a newer response.
      if (fill.sharedBy !== undefined && this.shared.get(fill.sharedBy) === fill)
        this.shared.delete(fill.sharedBy);
    }
  }
}

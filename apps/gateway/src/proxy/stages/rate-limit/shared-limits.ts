import type { Bucket } from './bucket.js';
import type { LimitSharing, RateLimiter } from './rate-limiter.js';

/** What a gateway reports on one bucket. Amounts are in the unit of the bucket. */
export interface Charge {
  /** Identifies limit and key. */
  readonly key: string;
  /** Cost of the requests that this gateway admitted since its last report. */
  readonly cost: number;
  /**
   * The least debt without {@link cost}. A store that has lost data continues from here. Negative if this gateway is
   * certain of none: what drained since the first of the requests.
   */
  readonly least: number;
  readonly drainPerMs: number;
}

/** What all gateways together have charged. */
export interface Charged {
  /** The debt of each bucket in the order of the charges. */
  readonly debts: readonly number[];
  /** Number of gateways that charged lately. */
  readonly gateways: number;
}

/** Adds up the charges of all gateways. */
export interface LimitStore {
  readonly isAvailable: boolean;
  /** Rejects if the store does not respond in time; it may have applied the charges nevertheless. */
  charge(charges: readonly Charge[]): Promise<Charged>;
  /** Calls `listener` with the debts, by the keys of charges, that charges of other gateways have led to. */
  onCharged(listener: (debts: ReadonlyMap<string, number>) => void): void;
}

/** How long charges are collected. Requests are decided meanwhile without those of other gateways. */
const COLLECT_MS = 10;
/** Bounds the time that one command takes in the store. */
const CHARGES_AT_ONCE = 500;
/**
 * A store that has not responded for this long is `late`. Gateways are certain only of older charges: differences in
 * latency between reports must not add up.
 */
const LATE_AFTER_MS = 100;

/** A bucket with unreported costs. */
interface Reported {
  readonly limiter: RateLimiter;
  readonly bucket: Bucket;
  /** Time of the first of them. */
  readonly since: number;
}

/**
 * Keeps the buckets of shared limits equal over all gateways without a request that waits: each gateway decides by its
 * own copy of a bucket, reports what it admitted to the store, and takes over the debts that the store returns to it
 * and to the others. What all gateways admitted between two reports stays in the debt, which may exceed the burst: the
 * next requests wait for it, so the rate over time is exact.
 */
export class SharedLimits implements LimitSharing {
  gateways = 1;
  /** By id. Weak: routes hold their limits. */
  private readonly limiters = new Map<string, WeakRef<RateLimiter>>();
  private waiting: Reported[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sentAt: number | undefined;

  constructor(
    private readonly store: LimitStore,
    private readonly now: () => number,
  ) {
    store.onCharged((debts) => this.adopt(debts));
  }

  get state(): LimitSharing['state'] {
    if (!this.store.isAvailable) return 'down';
    return this.sentAt !== undefined && this.now() - this.sentAt > LATE_AFTER_MS ? 'late' : 'up';
  }

  join(limiter: RateLimiter): void {
    this.limiters.set(limiter.id, new WeakRef(limiter));
  }

  report(limiter: RateLimiter, bucket: Bucket): void {
    this.waiting.push({ limiter, bucket, since: this.now() });
    this.schedule();
  }

  /** Takes over debts in which an own report may be missing, so they can only be larger than those of the own copy. */
  private adopt(debts: ReadonlyMap<string, number>): void {
    const now = this.now();
    for (const [key, debt] of debts) {
      const end = key.indexOf(':');
      const limiter = this.limiters.get(key.slice(0, end))?.deref();
      const bucket = limiter?.counterpart(key.slice(end + 1), now);
      if (!limiter || !bucket) continue;
      // The debt is that of an earlier moment.
      const least = debt - COLLECT_MS * limiter.rules.drainPerMs + bucket.unreported;
      bucket.debt = Math.max(bucket.debt, least);
    }
  }

  /** One command at a time: while the store is slow, more charges are collected for the next. */
  private schedule(): void {
    if (this.waiting.length > 0 && this.sentAt === undefined)
      this.timer ??= setTimeout(() => void this.send(), COLLECT_MS).unref();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    const batch = this.waiting.splice(0, CHARGES_AT_ONCE);
    const now = this.now();
    const charges = batch.map((each) => chargeOf(each, now));
    // What fails to be reported stays in the debt of the own copy, and becomes certain later.
    for (const { bucket } of batch) bucket.unreported = 0;
    this.sentAt = now;
    try {
      const { debts, gateways } = await this.store.charge(charges);
      this.gateways = gateways;
      // The debt is that of a moment since `now`; a copy with less debt than the store does no harm.
      const at = Math.max(now, this.now() - COLLECT_MS);
      batch.forEach(({ bucket }, i) => takeOver(bucket, debts[i] as number, at));
    } catch {
      // The store knows and reports why it is not available.
    } finally {
      this.sentAt = undefined;
      this.schedule();
    }
  }
}

function chargeOf({ limiter: { id, rules }, bucket, since }: Reported, now: number): Charge {
  rules.drain(bucket, now);
  const certain = bucket.debt - bucket.unreported - LATE_AFTER_MS * rules.drainPerMs;
  return {
    key: `${id}:${bucket.key}`,
    cost: bucket.unreported,
    least: certain > 0 ? certain : (since - now) * rules.drainPerMs,
    drainPerMs: rules.drainPerMs,
  };
}

function takeOver(bucket: Bucket, debt: number, at: number): void {
  bucket.debt = debt + bucket.unreported;
  bucket.at = at;
}

import type { Bucket } from './bucket.js';
import type { Charge, ChargedElsewhere, LimitStore } from './limit-store.js';
import type { LimitSharing, RateLimiter } from './rate-limiter.js';
import { Spending } from './spending.js';

/** How long charges are collected. Requests are decided meanwhile without those of other gateways. */
const COLLECT_MS = 10;
/** Bounds the time that one command takes in the store. */
const CHARGES_AT_ONCE = 500;
/** Commands that are sent together: one at a time, a slow store would get few keys per second. */
const COMMANDS_AT_ONCE = 8;
/** With a greater latency, gateways make assumptions about each other. */
const SLOW_AFTER_MS = 100;
/** What remains of a great latency with each smaller one: latencies vary, and the assumptions depend on the greatest. */
const LATENCY_KEPT = 0.9;

/** A bucket with unreported costs. */
interface Reported {
  readonly limiter: RateLimiter;
  readonly bucket: Bucket;
}

/**
 * Keeps the buckets of shared limits equal over all gateways without a request that waits: each gateway decides by its
 * own copy of a bucket, reports what it admitted to the store, and takes over the debts that the store returns to it
 * and to the others. What all gateways admitted between two reports stays in the debt, which may exceed the burst: the
 * next requests wait for it, so the rate over time is exact. While the store is slow, the copy contains what the other
 * gateways are assumed to admit, until the store returns what they did.
 */
export class SharedLimits implements LimitSharing {
  /** By id. Weak: routes hold their limits. */
  private readonly limiters = new Map<string, WeakRef<RateLimiter>>();
  private gateways = 1;
  private waiting: Reported[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sentAt: number | undefined;
  private latencyMs = 0;

  constructor(
    private readonly store: LimitStore,
    private readonly now: () => number,
  ) {
    store.onCharged((charged) => this.adopt(charged));
  }

  get isAvailable(): boolean {
    return this.store.isAvailable;
  }

  join(limiter: RateLimiter): void {
    this.limiters.set(limiter.id, new WeakRef(limiter));
  }

  charge(limiter: RateLimiter, bucket: Bucket): void {
    const { cost } = limiter.rules;
    if (!this.store.isAvailable) {
      // Without news from the other gateways, each of them is assumed to admit as much as this one.
      bucket.debt += cost * this.gateways;
      return;
    }
    if (bucket.unreported === 0) {
      bucket.unreportedSince = bucket.at;
      this.waiting.push({ limiter, bucket });
      this.schedule();
    }
    bucket.unreported += cost;
    bucket.debt += cost;
    if (bucket.spending && this.isSlow(bucket.at))
      bucket.debt += bucket.spending.assume(cost, cost, this.gateways - 1);
  }

  private isSlow(now: number): boolean {
    const waitedMs = this.sentAt === undefined ? 0 : now - this.sentAt;
    return Math.max(waitedMs, this.latencyMs) > SLOW_AFTER_MS;
  }

  /** Takes over debts in which an own report may be missing, so they can only be larger than those of the own copy. */
  private adopt({ keys, costs, debts, at }: ChargedElsewhere): void {
    const now = this.now();
    keys.forEach((key, i) => {
      const end = key.indexOf(':');
      const limiter = this.limiters.get(key.slice(0, end))?.deref();
      const bucket = limiter?.counterpart(key.slice(end + 1), now);
      if (!limiter || !bucket) return;
      bucket.spending ??= new Spending(now);
      bucket.spending.addElsewhere(costs[i] as number, now);
      bucket.debt = Math.max(bucket.debt, this.debtNow({ limiter, bucket }, debts[i] as number, at));
    });
  }

  /** One report at a time: while the store is slow, more charges are collected for the next. */
  private schedule(): void {
    if (this.waiting.length > 0 && this.sentAt === undefined)
      this.timer ??= setTimeout(() => void this.send(), COLLECT_MS).unref();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    this.sentAt = this.now();
    const reported = this.waiting.splice(0, CHARGES_AT_ONCE * COMMANDS_AT_ONCE);
    const commands: Promise<void>[] = [];
    for (let i = 0; i < reported.length; i += CHARGES_AT_ONCE)
      commands.push(this.report(reported.slice(i, i + CHARGES_AT_ONCE), this.sentAt));
    await Promise.all(commands);
    this.sentAt = undefined;
    this.schedule();
  }

  private async report(batch: readonly Reported[], sentAt: number): Promise<void> {
    const charges = batch.map((each) => this.chargeOf(each, sentAt));
    // What fails to be reported stays in the debt of the own copy, and becomes certain later.
    for (const { bucket } of batch) bucket.unreported = 0;
    try {
      const delayMs = 2 * (this.latencyMs + COLLECT_MS);
      const { debts, at, gateways } = await this.store.charge({ charges, delayMs });
      const now = this.now();
      this.latencyMs = Math.max(now - sentAt, Math.floor(this.latencyMs * LATENCY_KEPT));
      this.gateways = gateways;
      batch.forEach(({ limiter, bucket }, i) => {
        limiter.rules.drain(bucket, now);
        bucket.spending?.addHere((charges[i] as Charge).cost, now);
        bucket.debt = this.debtNow({ limiter, bucket }, debts[i] as number, Math.max(sentAt, at));
      });
    } catch {
      // The store knows and reports why it is not available.
    }
  }

  private chargeOf({ limiter: { id, rules }, bucket }: Reported, now: number): Charge {
    rules.drain(bucket, now);
    // Neither differences in latency between reports may add up, nor what other gateways are assumed to admit.
    const [uncertainMs, assumedPerUnit] = this.isSlow(now)
      ? [2 * this.latencyMs, this.gateways - 1]
      : [SLOW_AFTER_MS, 0];
    const certain = bucket.debt - (1 + assumedPerUnit) * bucket.unreported;
    return {
      key: `${id}:${bucket.key}`,
      cost: bucket.unreported,
      ageMs: now - bucket.unreportedSince,
      least: certain - uncertainMs * rules.drainPerMs,
      drainPerMs: rules.drainPerMs,
    };
  }

  /** The debt of an up-to-date bucket that had a debt in the store, which does not know the unreported part. */
  private debtNow({ limiter: { rules }, bucket }: Reported, debt: number, at: number): number {
    const { unreported, spending } = bucket;
    const drained = debt - Math.max(0, bucket.at - at) * rules.drainPerMs;
    if (unreported === 0) return Math.max(0, drained);
    const drainedSince = (bucket.at - bucket.unreportedSince) * rules.drainPerMs;
    const assumed =
      spending && this.isSlow(bucket.at)
        ? spending.assumeAgain(unreported, rules.cost, this.gateways - 1)
        : 0;
    return Math.max(0, Math.max(drained, -drainedSince) + unreported + assumed);
  }
}

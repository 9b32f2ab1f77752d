import type { Bucket, BucketRules } from './bucket.js';

/** Buckets of one limit that are kept: about 14 MiB of memory with keys of 15 characters. */
export const MOST_KEYS = 100_000;
/** Buckets that a new key examines. More than one, so that drained buckets disappear faster than new ones come. */
const EXAMINED = 2;
/** The same while there is no room for a new key. */
const EXAMINED_IF_FULL = 8;

/** No key of a request is like this. */
const OVERFLOW_KEY = '\noverflow';

/**
 * The buckets of one limit by key, a bounded number of them. A bucket that has drained carries no information and is
 * removed when a new key comes; others never are. Without room, all new keys share one bucket: they are limited
 * together until a bucket drains.
 */
export class KeyedBuckets {
  private readonly byKey = new Map<string, Bucket>();
  private readonly overflow: Bucket = { key: OVERFLOW_KEY, debt: 0, at: 0, unreported: 0 };
  /** Goes round {@link byKey}; an iterator of a Map follows its changes. */
  private hand = this.byKey.values();

  constructor(
    private readonly rules: BucketRules,
    private readonly mostKeys = MOST_KEYS,
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  /** The bucket of a key, up to date. */
  get(key: string, now: number): Bucket {
    const bucket = this.byKey.get(key) ?? this.add(key, now);
    this.rules.drain(bucket, now);
    return bucket;
  }

  /** A copy of what {@link get} would return. */
  peek(key: string, now: number): Bucket {
    const fresh = { key, debt: 0, at: now, unreported: 0 };
    const bucket = { ...(this.byKey.get(key) ?? (this.isFull ? this.overflow : fresh)) };
    this.rules.drain(bucket, now);
    return bucket;
  }

  private get isFull(): boolean {
    return this.byKey.size >= this.mostKeys;
  }

  private add(key: string, now: number): Bucket {
    this.removeDrained(this.isFull ? EXAMINED_IF_FULL : EXAMINED, now);
    if (this.isFull || key === OVERFLOW_KEY) return this.overflow;
    const bucket = { key, debt: 0, at: now, unreported: 0 };
    this.byKey.set(key, bucket);
    return bucket;
  }

  private removeDrained(count: number, now: number): void {
    for (let i = 0; i < count; i += 1) {
      const { value: bucket } = this.hand.next() as { value: Bucket | undefined };
      if (!bucket) {
        this.hand = this.byKey.values();
        return;
      }
      this.rules.drain(bucket, now);
      if (bucket.debt === 0 && bucket.unreported === 0) this.byKey.delete(bucket.key);
    }
  }
}

import { crc32 } from 'node:zlib';
import { newBucket, type Bucket, type BucketRules } from './bucket.js';
import { siteOf } from '../../../config/client-network.js';

/** Buckets of one limit that are kept: about 16 MiB of memory with keys of 15 characters, 24 if they are shared. */
const MOST_KEYS = 100_000;
/** Buckets that a new key examines. More than one, so that drained buckets disappear faster than new ones come. */
const EXAMINED = 2;
/** The same while there is no room for a new key. */
const EXAMINED_IF_FULL = 8;

/** Buckets that new keys share while there is no room: a client that fills the table with keys is in one of them. */
export const OVERFLOW_BUCKETS = 1024;
/** No key of a request begins like this. */
const OVERFLOW_KEY = '\noverflow ';

/**
 * The buckets of one limit by key, a bounded number of them. A bucket that has drained carries no information and is
 * removed when a new key comes; others never are. Without room, the new keys of clients at one site, and of some other
 * sites, share one bucket: they are limited together until a bucket drains.
 */
export class KeyedBuckets {
  private readonly byKey = new Map<string, Bucket>();
  private readonly overflow = new Map<string, Bucket>();
  /** Goes round {@link byKey}; an iterator of a Map follows its changes. */
  private hand = this.byKey.values();

  constructor(
    readonly rules: BucketRules,
    private readonly mostKeys = MOST_KEYS,
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  /** The bucket of a key, up to date. @param address that of the client */
  get(key: string, address: string, now: number): Bucket {
    const bucket = this.byKey.get(key) ?? this.add(key, now) ?? this.addOverflow(overflowKey(address), now);
    this.rules.drain(bucket, now);
    return bucket;
  }

  /** A copy of what {@link get} would return. */
  peek(key: string, address: string, now: number): Bucket {
    const shared = this.isFull ? this.overflow.get(overflowKey(address)) : undefined;
    const bucket = { ...(this.byKey.get(key) ?? shared ?? newBucket(key, now)) };
    this.rules.drain(bucket, now);
    return bucket;
  }

  /** The bucket with that key on another gateway, up to date; `undefined` if there is no room for it. */
  counterpart(key: string, now: number): Bucket | undefined {
    const bucket = key.startsWith(OVERFLOW_KEY)
      ? this.overflow.get(key)
      : (this.byKey.get(key) ?? this.add(key, now));
    if (bucket) this.rules.drain(bucket, now);
    return bucket;
  }

  /** Whether every bucket has drained. Removes buckets up to the first that has not. */
  isDrained(now: number): boolean {
    for (const buckets of [this.byKey, this.overflow])
      for (const bucket of buckets.values()) {
        this.rules.drain(bucket, now);
        if (!isEmpty(bucket)) return false;
        buckets.delete(bucket.key);
      }
    return true;
  }

  private get isFull(): boolean {
    return this.byKey.size >= this.mostKeys;
  }

  private add(key: string, now: number): Bucket | undefined {
    this.removeDrained(this.isFull ? EXAMINED_IF_FULL : EXAMINED, now);
    if (this.isFull) return undefined;
    const bucket = newBucket(key, now);
    this.byKey.set(key, bucket);
    return bucket;
  }

  private addOverflow(key: string, now: number): Bucket {
    const bucket = this.overflow.get(key) ?? newBucket(key, now);
    this.overflow.set(key, bucket);
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
      if (isEmpty(bucket)) this.byKey.delete(bucket.key);
    }
  }
}

const isEmpty = ({ debt, unreported }: Bucket): boolean => debt === 0 && unreported === 0;

const overflowKey = (address: string): string =>
  `${OVERFLOW_KEY}${crc32(siteOf(address)) % OVERFLOW_BUCKETS}`;

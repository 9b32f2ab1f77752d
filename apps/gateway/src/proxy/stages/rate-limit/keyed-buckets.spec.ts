import { BucketRules } from './bucket.js';
import { KeyedBuckets } from './keyed-buckets.js';

const rules = new BucketRules({ requests: 1, per: 1000, burst: 2, cost: 1 });

/** Charges one request of `key` if there is room. */
function spend(buckets: KeyedBuckets, key: string, now: number): boolean {
  const bucket = buckets.get(key, now);
  if (!rules.hasRoom(bucket)) return false;
  bucket.debt += rules.cost;
  return true;
}

describe('The buckets of a limit', () => {
  it('stay bounded for a million keys, and keep those that are active', () => {
    const buckets = new KeyedBuckets(rules);
    const active = ['first', 'second', 'third'];
    for (const key of active) for (let n = 0; n < 2; n += 1) expect(spend(buckets, key, 0)).toBe(true);
    for (let i = 0; i < 1_000_000; i += 1) spend(buckets, `attacker-${i}`, 0);
    expect(buckets.size).toBe(100_000);
    expect(active.map((key) => spend(buckets, key, 500))).toEqual([false, false, false]);
    expect(active.map((key) => spend(buckets, key, 1000))).toEqual([true, true, true]);
  });

  it('limit new keys together while all are active, and one by one when some have drained', () => {
    const buckets = new KeyedBuckets(rules, 3);
    for (const key of ['a', 'b', 'c']) spend(buckets, key, 0);
    expect(['d', 'e', 'f'].map((key) => spend(buckets, key, 0))).toEqual([true, true, false]);
    expect(buckets.peek('g', 0).debt).toBe(2000);
    expect(['g', 'h', 'i', 'j'].map((key) => spend(buckets, key, 1000))).toEqual([true, true, true, true]);
    expect(buckets.size).toBe(3);
  });

  it('remove drained buckets as new ones come', () => {
    const buckets = new KeyedBuckets(rules);
    for (let i = 0; i < 10_000; i += 1) spend(buckets, `visitor-${i}`, i);
    // Each is active for a second, in which a thousand others come.
    expect(buckets.size).toBeLessThan(3000);
  });

  it('are not changed by a look', () => {
    const buckets = new KeyedBuckets(rules);
    spend(buckets, 'a', 0);
    expect(buckets.peek('a', 400)).toMatchObject({ debt: 600 });
    expect(buckets.get('a', 0)).toMatchObject({ debt: 1000 });
    buckets.peek('b', 0);
    expect(buckets.size).toBe(1);
  });
});

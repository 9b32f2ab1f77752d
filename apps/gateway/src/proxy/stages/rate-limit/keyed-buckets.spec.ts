import { BucketRules, type Bucket } from './bucket.js';
import { KeyedBuckets, OVERFLOW_BUCKETS } from './keyed-buckets.js';

const rules = new BucketRules({ requests: 1, per: 1000, burst: 2, cost: 1 });

/** Charges one request of `key` if there is room. */
function spend(buckets: KeyedBuckets, key: string, now: number, address = '10.0.0.1'): boolean {
  const bucket = buckets.get(key, address, now);
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

  it('limit new keys of a client together while all are active, and one by one when some have drained', () => {
    const buckets = new KeyedBuckets(rules, 3);
    for (const key of ['a', 'b', 'c']) spend(buckets, key, 0);
    expect(['d', 'e', 'f'].map((key) => spend(buckets, key, 0))).toEqual([true, true, false]);
    expect(buckets.peek('g', '10.0.0.1', 0).debt).toBe(2000);
    expect(['g', 'h', 'i', 'j'].map((key) => spend(buckets, key, 1000))).toEqual([true, true, true, true]);
    expect(buckets.size).toBe(3);
  });

  it('leave other clients their requests when one client has filled the table', () => {
    const buckets = new KeyedBuckets(rules, 3);
    const [attacker, neighbours] = ['2001:db8:1::1', '2001:db8:1:ffff::2'];
    for (let i = 0; i < 1000; i += 1) spend(buckets, `attacker-${i}`, 0, attacker);
    expect(spend(buckets, 'neighbour', 0, neighbours)).toBe(false);
    const victims = Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const admitted = victims.filter((address, i) => spend(buckets, `victim-${i}`, 0, address));
    expect(admitted.length).toBeGreaterThan(480);
    expect(buckets.size).toBe(3);
  });

  it('are a bounded number, too, for new keys without room', () => {
    const buckets = new KeyedBuckets(rules, 1);
    const found = new Set<Bucket>();
    for (let i = 0; i < 100_000; i += 1) {
      const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
      spend(buckets, address, 0, address);
      found.add(buckets.get(address, address, 0));
    }
    expect(found.size).toBe(1 + OVERFLOW_BUCKETS);
  });

  it('take over what other gateways charge to a key they have room for', () => {
    const buckets = new KeyedBuckets(rules, 1);
    const own = buckets.counterpart('a', 0);
    own!.debt = 500;
    expect(buckets.get('a', '10.0.0.1', 0)).toBe(own);
    expect(buckets.counterpart('b', 0)).toBeUndefined();
    const overflow = buckets.get('b', '10.0.0.1', 0);
    expect(buckets.counterpart(overflow.key, 0)).toBe(overflow);
    expect(buckets.counterpart('\noverflow x', 0)).toBeUndefined();
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
    expect(buckets.peek('a', '10.0.0.1', 400)).toMatchObject({ debt: 600 });
    expect(buckets.get('a', '10.0.0.1', 0)).toMatchObject({ debt: 1000 });
    buckets.peek('b', '10.0.0.1', 0);
    expect(buckets.size).toBe(1);
  });
});

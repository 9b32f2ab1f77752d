import fc from 'fast-check';
import { BucketRules, newBucket, type Bucket } from './bucket.js';

const bucketAt = (at: number): Bucket => newBucket('', at);

/** Admits and charges a request. */
function spend(rules: BucketRules, bucket: Bucket, now: number): boolean {
  rules.drain(bucket, now);
  if (!rules.hasRoom(bucket)) return false;
  bucket.debt += rules.cost;
  return true;
}

const limits = fc
  .record({
    requests: fc.integer({ min: 1, max: 5000 }),
    per: fc.integer({ min: 1, max: 100_000 }),
    burst: fc.integer({ min: 1, max: 50 }),
  })
  .chain((limit) => fc.integer({ min: 1, max: limit.burst }).map((cost) => ({ ...limit, cost })));
const gaps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 50_000 })),
  {
    maxLength: 200,
  },
);

describe('A bucket', () => {
  it('admits exactly what a bucket of rational tokens admits', () => {
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        const rules = new BucketRules(limit);
        const bucket = bucketAt(0);
        // Tokens times `per`, without rounding.
        const [per, most] = [BigInt(limit.per), BigInt(limit.burst) * BigInt(limit.per)];
        let tokens = most;
        let now = 0;
        for (const wait of waits) {
          now += wait;
          tokens += BigInt(wait) * BigInt(limit.requests);
          if (tokens > most) tokens = most;
          const isAdmitted = tokens >= BigInt(limit.cost) * per;
          if (isAdmitted) tokens -= BigInt(limit.cost) * per;
          expect(spend(rules, bucket, now)).toBe(isAdmitted);
          expect(rules.remaining(bucket)).toBe(Number(tokens / per));
        }
      }),
    );
  });

  it('never admits more than the burst and the rate in any window, and as much under constant load', () => {
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        const rules = new BucketRules(limit);
        const bucket = bucketAt(0);
        const admitted: number[] = [];
        let now = 0;
        for (const wait of waits) if (spend(rules, bucket, (now += wait))) admitted.push(now);
        admitted.forEach((from, i) =>
          admitted.slice(i).forEach((to, n) => {
            const most = limit.burst + ((to - from) * limit.requests) / limit.per;
            expect((n + 1) * limit.cost).toBeLessThanOrEqual(most);
          }),
        );
      }),
      { numRuns: 50 },
    );
    const rules = new BucketRules({ requests: 7, per: 1000, burst: 1, cost: 1 });
    const bucket = bucketAt(0);
    const count = Array.from({ length: 10_000 }, (_, ms) => spend(rules, bucket, ms)).filter(Boolean).length;
    expect(count).toBe(70);
  });

  it('states when it admits one more, to the millisecond', () => {
    fc.assert(
      fc.property(limits, gaps, (limit, waits) => {
        const rules = new BucketRules(limit);
        const bucket = bucketAt(0);
        let now = 0;
        for (const wait of waits) spend(rules, bucket, (now += wait));
        const ms = Math.ceil(rules.msUntilRoom(bucket));
        expect(Math.ceil(rules.msUntilMore(bucket)) <= ms || rules.hasRoom(bucket)).toBe(true);
        if (ms > 0) expect(spend(rules, { ...bucket }, now + ms - 1)).toBe(false);
        expect(spend(rules, { ...bucket }, now + ms)).toBe(true);
      }),
    );
  });

  it('ignores a clock that goes back', () => {
    const rules = new BucketRules({ requests: 1, per: 1000, burst: 1, cost: 1 });
    const bucket = bucketAt(5000);
    expect(spend(rules, bucket, 5000)).toBe(true);
    expect(spend(rules, bucket, 1000)).toBe(false);
    expect(spend(rules, bucket, 5999)).toBe(false);
    expect(spend(rules, bucket, 6000)).toBe(true);
  });
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { waitFor } from '#testing';
import type { RateLimit } from '../../../policy/members/rate-limits.js';
import { RateLimiters } from './rate-limiters.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SCOPE = { service: 'users', route: undefined };
const LIMIT: RateLimit = {
  name: 'a',
  requests: 1,
  per: 3_600_000,
  burst: 10,
  key: { from: 'client' },
  cost: 1,
  shared: false,
  shadow: false,
  onStoreDown: 'local',
};
const request = { clientAddress: '10.0.0.1', identity: undefined, header: () => undefined };

describe('The rate limits of all routes', () => {
  let now = 0;
  let limiters: RateLimiters;
  beforeEach(() => {
    now = 0;
    limiters = new RateLimiters(undefined, undefined, () => now);
  });

  /** Room for requests of one client. */
  const roomOf = (limit = LIMIT): number => {
    const limiter = limiters.of(SCOPE, limit);
    return limiter.rules.remaining(limiter.bucketOf(request, now));
  };

  /** Charges a request, as a route that is gone afterwards. */
  function charge(limit = LIMIT): void {
    const limiter = limiters.of(SCOPE, limit);
    limiter.charge(limiter.bucketOf(request, now));
  }

  /** Waits until no limit is held by a route. */
  const released = () =>
    waitFor('the garbage collection', () => {
      collectGarbage();
      return limiters.all.length === 0;
    });

  it('keep what clients have used while no route has the limit, for ten minutes', async () => {
    charge();
    await released();
    now += 599_000;
    expect(roomOf()).toBe(9);
    await released();
    now += 600_000;
    expect(roomOf()).toBe(10);
  });

  it('keep it no longer than it counts', async () => {
    const quick = { ...LIMIT, per: 1000 };
    charge(quick);
    await released();
    const { buckets } = limiters.of(SCOPE, quick);
    await released();
    now += 1000;
    expect(limiters.of(SCOPE, quick).buckets).not.toBe(buckets);
  });

  it('start anew for a limit with other members', () => {
    charge();
    expect(roomOf({ ...LIMIT, burst: 11 })).toBe(11);
    expect(roomOf()).toBe(9);
  });

  it.each([
    { requests: 2 },
    { per: 1000 },
    { burst: 11 },
    { cost: 2 },
    { key: { from: 'service' } },
    { key: { from: 'header', name: 'a' } },
    { key: { from: 'claim', name: 'https://example.com/a' } },
  ] satisfies Partial<RateLimit>[])('have another state in the store with %j', (change) => {
    const id = (limit: RateLimit): string => limiters.of(SCOPE, limit).id;
    expect(id({ ...LIMIT, ...change })).not.toBe(id(LIMIT));
    // What follows the first colon in the store is the key of a bucket.
    expect(id({ ...LIMIT, ...change })).not.toContain(':');
    expect(id({ ...LIMIT, shadow: true })).toBe(id(LIMIT));
  });
});

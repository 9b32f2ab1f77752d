import { leaseUse } from './lease-use';

const now = '2026-01-01T00:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(now) + seconds * 1000).toISOString();

describe('the part of a lease that is used up', () => {
  it.each([
    [20, 0, 'ok'],
    [15, 0.25, 'ok'],
    [5, 0.75, 'warning'],
    [0, 1, 'critical'],
    [-70, 1, 'critical'],
    [22, 0, 'ok'],
  ])('is with %d s of 20 s left: %d, %s', (seconds, share, condition) => {
    expect(leaseUse({ expiresAt: after(seconds), ttlSeconds: 20 }, now, true)).toEqual({ share, condition });
  });

  it('is no fault while the registry is away: no lease expires', () => {
    const lease = { expiresAt: after(-70), ttlSeconds: 20 };
    expect(leaseUse(lease, now, false)).toEqual({ share: 1, condition: 'ok' });
  });
});

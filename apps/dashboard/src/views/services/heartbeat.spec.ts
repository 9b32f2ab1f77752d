import { heartbeatAge } from './heartbeat';

const lastHeartbeatAt = '2026-01-01T00:00:00.000Z';
const after = (seconds: number): string =>
  new Date(Date.parse(lastHeartbeatAt) + seconds * 1000).toISOString();

describe('the age of a heartbeat against the lease', () => {
  it.each([
    [0, 0, 'ok'],
    [6, 0.3, 'ok'],
    [15, 0.75, 'warning'],
    [20, 1, 'critical'],
    [90, 1, 'critical'],
    [-2, 0, 'ok'],
  ])('is after %d s of 20 s: %d, %s', (seconds, share, condition) => {
    expect(heartbeatAge({ lastHeartbeatAt, ttlSeconds: 20 }, after(seconds))).toEqual({ share, condition });
  });
});

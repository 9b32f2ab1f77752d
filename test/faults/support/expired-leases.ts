import type { DiscoveryEvent } from '#contracts';
import { call } from '#testing';

/** Expired leases in the event log of a gateway. */
export async function expiredLeasesAt(gateway: string): Promise<readonly DiscoveryEvent[]> {
  const events = (await call(gateway, 'GET /discovery/events?since=0')).body as DiscoveryEvent[];
  expect(events.length).toBeGreaterThan(0);
  return events.filter(({ type }) => type === 'expired');
}

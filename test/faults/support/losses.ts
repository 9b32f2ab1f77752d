import type { DiscoveryEvent } from '#contracts';
import { call } from '#testing';

/** What a gateway's event log says of instances whose lease ran out. */
export async function lossesAt(gateway: string): Promise<readonly DiscoveryEvent[]> {
  const events = (await call(gateway, 'GET /discovery/events?since=0')).body as DiscoveryEvent[];
  expect(events.length).toBeGreaterThan(0);
  return events.filter(({ type }) => type === 'expired');
}

import { waitFor } from '#testing';
import { ScriptedFleet, type Behaviour } from './support/scripted-fleet.js';
import { Traffic } from './support/traffic.js';

const BAD: readonly Behaviour[] = ['fails', 'unavailable', 'silent', 'resets', 'garbage', 'trickles'];

describe('A failing service', () => {
  let fleet: ScriptedFleet;

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
    await fleet.add('good', 'good-a');
  });

  /** Sends traffic until a hundred responses have arrived. */
  async function goodTraffic(): Promise<Traffic> {
    const traffic = new Traffic(`${fleet.url}/api/good/x`, { clients: 4, pauseMs: 5 });
    await waitFor('a hundred responses', () => traffic.arrivals.length > 100);
    await traffic.stop();
    return traffic;
  }

  it.each(BAD)('does not affect other services (%s)', async (behaviour) => {
    const metadata = { 'gateway.timeout.response-header-ms': '500', 'gateway.timeout.total-ms': '1000' };
    await fleet.add(behaviour, `${behaviour}-a`, { behaviour, metadata });
    const alone = await goodTraffic();
    const bad = new Traffic(`${fleet.url}/api/${behaviour}/x`, { clients: 16, pauseMs: 10 });
    await waitFor('the first response of the bad service', () => bad.arrivals.length > 0);
    const beside = await goodTraffic();
    await bad.stop();
    expect(beside.failures).toEqual([]);
    // A request to a bad service waits for half a second. `npm run drill` measures the effect on other services on
    // a quiet machine.
    expect(beside.quantileMs(0.5)).toBeLessThan(Math.max(100, 10 * alone.quantileMs(0.5)));
    expect(bad.failures.length).toBe(bad.arrivals.filter(({ text }) => text !== `${behaviour}-a`).length);
  });

  it('receives at most a fifth more requests, and is protected by its circuit breaker', async () => {
    const members = await Promise.all(
      ['a', 'b', 'c'].map((id) => fleet.add('outage', `outage-${id}`, { behaviour: 'unavailable' })),
    );
    const traffic = await Traffic.during(2_000, `${fleet.url}/api/outage/x`, { clients: 8, pauseMs: 2 });
    const seen = (await Promise.all(members.map((member) => member.received()))).reduce((sum, n) => sum + n);
    const { length } = traffic.arrivals;
    // The retry budget allows a service with little traffic thirty retries in ten seconds.
    expect(seen).toBeLessThanOrEqual(length * 1.2 + 30);
    const responses = new Set(traffic.arrivals.map(({ text }) => /problem:([\w-]+)/.exec(text)?.[1]));
    expect(responses).toContain('circuit-open');
    expect(seen).toBeLessThan(length);
  });

  it('rarely uses its instance that is ten times slower than the others', async () => {
    const metadata = { 'gateway.balancer': 'power-of-two' };
    const delays = Object.entries({ a: 300, b: 30, c: 30, d: 30 });
    await Promise.all(delays.map(([id, delayMs]) => fleet.add('skewed', id, { delayMs, metadata })));
    const url = `${fleet.url}/api/skewed/x`;
    // The first responses reveal the slow instance.
    await Traffic.during(1_000, url, { clients: 8 });
    const traffic = await Traffic.during(3_000, url, { clients: 8 });
    expect(traffic.failures).toEqual([]);
    // Round robin would send it a quarter. `npm run drill` measures the 99th percentile on a quiet machine.
    expect(traffic.arrivals.filter(({ text }) => text === 'a').length / traffic.arrivals.length).toBeLessThan(
      0.05,
    );
  });
});

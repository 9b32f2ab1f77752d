import { waitFor } from '#testing';
import { Fleet, type Behaviour } from './support/fleet.js';
import { Traffic } from './support/traffic.js';

const BAD: readonly Behaviour[] = ['fails', 'unavailable', 'silent', 'resets', 'garbage', 'trickles'];

describe('A service that', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await Fleet.start();
    await fleet.add('good', 'good-a');
  });

  /** As long as it takes to be answered a hundred times. */
  async function goodTraffic(): Promise<Traffic> {
    const traffic = new Traffic(`${fleet.url}/api/good/x`, { clients: 4, pauseMs: 5 });
    await waitFor('a hundred answers', () => traffic.arrivals.length > 100);
    await traffic.stop();
    return traffic;
  }

  it.each(BAD)('%s leaves the others alone', async (behaviour) => {
    const metadata = { 'gateway.timeout.response-header-ms': '500', 'gateway.timeout.total-ms': '1000' };
    await fleet.add(behaviour, `${behaviour}-a`, { behaviour, metadata });
    const alone = await goodTraffic();
    const bad = new Traffic(`${fleet.url}/api/${behaviour}/x`, { clients: 16, pauseMs: 10 });
    await waitFor('it to be asked', () => bad.arrivals.length > 0);
    const beside = await goodTraffic();
    await bad.stop();
    expect(beside.failures).toEqual([]);
    // Who waits for a bad service waits for half a second. How much the others lose is measured on a quiet machine: `npm run
    // drill`.
    expect(beside.quantileMs(0.5)).toBeLessThan(Math.max(100, 10 * alone.quantileMs(0.5)));
    expect(bad.failures.length).toBe(bad.arrivals.filter(({ text }) => text !== `${behaviour}-a`).length);
  });

  it('fails altogether meets a fifth more requests at most, and is left alone by its breaker', async () => {
    const members = await Promise.all(
      ['a', 'b', 'c'].map((id) => fleet.add('outage', `outage-${id}`, { behaviour: 'unavailable' })),
    );
    const traffic = await Traffic.during(2_000, `${fleet.url}/api/outage/x`, { clients: 8, pauseMs: 2 });
    const seen = (await Promise.all(members.map((member) => member.seen()))).reduce((sum, n) => sum + n);
    const { length } = traffic.arrivals;
    // Thirty in ten seconds are allowed to a service with little traffic.
    expect(seen).toBeLessThanOrEqual(length * 1.2 + 30);
    const answers = new Set(traffic.arrivals.map(({ text }) => /problem:([\w-]+)/.exec(text)?.[1]));
    expect(answers).toContain('circuit-open');
    expect(seen).toBeLessThan(length);
  });

  it('has one instance ten times slower than the others hardly ever asks that one', async () => {
    const metadata = { 'gateway.balancer': 'power-of-two' };
    const delays = Object.entries({ a: 300, b: 30, c: 30, d: 30 });
    await Promise.all(delays.map(([id, delayMs]) => fleet.add('skewed', id, { delayMs, metadata })));
    const url = `${fleet.url}/api/skewed/x`;
    // The first answers tell which one is slow.
    await Traffic.during(1_000, url, { clients: 8 });
    const traffic = await Traffic.during(3_000, url, { clients: 8 });
    expect(traffic.failures).toEqual([]);
    // In turn it would be a quarter. What that does to the 99th percentile is measured on a quiet machine: `npm run drill`.
    expect(traffic.arrivals.filter(({ text }) => text === 'a').length / traffic.arrivals.length).toBeLessThan(
      0.05,
    );
  });
});

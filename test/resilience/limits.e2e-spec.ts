import { waitFor } from '#testing';
import { ScriptedFleet } from './support/scripted-fleet.js';
import { Traffic } from './support/traffic.js';

describe('A policy that instances declare', () => {
  let fleet: ScriptedFleet;

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
  });

  it('limits requests in flight, queues a few, and refuses the rest with Retry-After', async () => {
    const metadata = {
      'gateway.concurrency.per-instance': '2',
      'gateway.concurrency.queue': '2',
      'gateway.concurrency.queue-ms': '2000',
    };
    const member = await fleet.add('narrow', 'narrow-a', { delayMs: 300, metadata });
    const responses = await Promise.all(Array.from({ length: 6 }, () => fetch(`${fleet.url}/api/narrow/x`)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 503, 503]);
    const refused = responses.find(({ status }) => status === 503)!;
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ type: 'urn:msa-gateway:problem:concurrency-limit' });
    expect(await member.received()).toBe(4);
  });

  it('returns a client to its instance by a cookie', async () => {
    const metadata = { 'gateway.balancer': 'sticky-cookie', 'gateway.slow-start-ms': '0' };
    await Promise.all(['a', 'b', 'c'].map((id) => fleet.add('sticky', `sticky-${id}`, { metadata })));
    const url = `${fleet.url}/api/sticky/x`;
    const first = await fetch(url);
    const home = await first.text();
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    const again = await Promise.all(Array.from({ length: 20 }, () => fetch(url, { headers: { cookie } })));
    expect(new Set(await Promise.all(again.map((response) => response.text())))).toEqual(new Set([home]));
  });

  it('applies its valid values when one is invalid, and is reported in the log', async () => {
    const metadata = { 'gateway.balancer': 'best', 'gateway.timeout.total-ms': '300' };
    await fleet.add('wrong', 'wrong-a', { behaviour: 'silent', metadata });
    const response = await fetch(`${fleet.url}/api/wrong/x`);
    expect(response.status).toBe(504);
    await waitFor('the log entry', () =>
      fleet.log.includes('gateway.balancer=best is not a valid policy setting'),
    );
  });

  it('forwards the remaining time to the service, and lets a trusted caller only shorten it', async () => {
    const metadata = { 'gateway.timeout.total-ms': '5000' };
    await fleet.add('timed', 'timed-a', { behaviour: 'reports-timeout', metadata });
    const remainingMsFor = async (headers: Record<string, string>): Promise<number> =>
      Number(await (await fetch(`${fleet.url}/api/timed/x`, { headers })).text());
    const left = await remainingMsFor({});
    expect(left).toBeGreaterThan(3_000);
    expect(left).toBeLessThanOrEqual(5_000);
    // Loopback is trusted: such a caller may shorten the time, but never extend it.
    expect(await remainingMsFor({ 'x-request-timeout-ms': '900' })).toBeLessThanOrEqual(900);
    expect(await remainingMsFor({ 'x-request-timeout-ms': '60000' })).toBeLessThanOrEqual(5_000);
  });

  it('is reported by explain, with the candidate instances', async () => {
    await Promise.all(['a', 'b'].map((id) => fleet.add('shown', `shown-${id}`)));
    await Traffic.during(200, `${fleet.url}/api/shown/x`, { clients: 1 });
    const response = await fetch(`${fleet.url}/discovery/explain?method=POST&path=/api/shown/x`);
    expect(await response.json()).toMatchObject({
      route: { balancer: 'power-of-two', breaker: 'closed', policy: { retries: { budgetPercent: 20 } } },
      candidates: [{ failuresInRow: 0 }, { failuresInRow: 0 }],
      attempts: [{ after: [] }, { after: ['connect-failure'] }],
    });
  });
});

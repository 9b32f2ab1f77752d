import { call, type CallResponse } from '#testing';
import { ScriptedFleet } from './support/scripted-fleet.js';

const REQUESTS = 60;
const COUNTS_500 = { 'gateway.breaker.statuses': '500,502,503,504' };

describe('A service whose instance responds 500 to everything', () => {
  let fleet: ScriptedFleet;

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
  });

  /** Sends {@link REQUESTS} requests sequentially; returns their statuses. */
  async function statusesOf(service: string): Promise<number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < REQUESTS; i += 1)
      statuses.push((await call(fleet.url, `GET /api/${service}/x`)).status);
    return statuses;
  }

  const explain = (service: string): Promise<CallResponse> =>
    call(fleet.url, `GET /discovery/explain?path=/api/${service}/x`);

  it('keeps a closed breaker and its only instance by default', async () => {
    await fleet.add('plain', 'plain-a', { behaviour: 'fails' });
    expect(new Set(await statusesOf('plain'))).toEqual(new Set([500]));
    expect((await explain('plain')).body).toMatchObject({
      route: {
        breaker: 'closed',
        failureStatuses: { ejection: [500, 502, 503, 504], breaker: [502, 503, 504] },
      },
      candidates: [{ id: 'plain-a', failuresInRow: REQUESTS }],
      problem: null,
    });
  });

  it('opens its breaker when breaker.statuses contains 500', async () => {
    await fleet.add('counted', 'counted-a', { behaviour: 'fails', metadata: COUNTS_500 });
    const statuses = await statusesOf('counted');
    expect(statuses.slice(0, 20)).toEqual(new Array(20).fill(500));
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
    expect((await explain('counted')).body).toMatchObject({
      route: { failureStatuses: { breaker: [500, 502, 503, 504] } },
    });
    expect((await call(fleet.url, 'GET /metrics')).body).toMatch(
      /^gateway_breaker_state\{service="counted"\} [12]$/m,
    );
  });

  it.each([['default'], ['counted']])('ejects the instance while others work (%s)', async (setting) => {
    const metadata = { 'gateway.balancer': 'round-robin', ...(setting === 'counted' && COUNTS_500) };
    const service = `mixed-${setting}`;
    await fleet.add(service, `${service}-bad`, { behaviour: 'fails', metadata });
    await fleet.add(service, `${service}-good`, { metadata });
    await fleet.add(service, `${service}-fine`, { metadata });
    const statuses = await statusesOf(service);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(REQUESTS / 2);
    expect((await call(fleet.url, 'GET /metrics')).body).toMatch(
      new RegExp(`^gateway_ejections_total\\{service="${service}",reason="outlier"\\} [1-9]`, 'm'),
    );
    expect((await explain(service)).body.route.breaker).toBe('closed');
  });
});

describe('A service that declines requests with 503 and Retry-After', () => {
  it('keeps a closed breaker and its only instance, and serves other requests meanwhile', async () => {
    const fleet = await ScriptedFleet.start();
    await fleet.add('shedding', 'shedding-a', { behaviour: 'sheds' });
    const declined: number[] = [];
    const served: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      declined.push((await call(fleet.url, 'POST /api/shedding/x')).status);
      if (i % 10 === 9) served.push((await call(fleet.url, 'GET /api/shedding/x')).status);
    }
    expect(new Set(served)).toEqual(new Set([200]));
    expect(new Set(declined)).toEqual(new Set([503]));
    expect((await call(fleet.url, 'GET /discovery/explain?path=/api/shedding/x')).body).toMatchObject({
      route: { breaker: 'closed' },
      candidates: [{ id: 'shedding-a', failuresInRow: 0 }],
      problem: null,
    });
    expect(await fleet.statusOf('shedding-a')).toMatchObject({ status: 'up' });
  });
});

import { waitFor } from '#testing';
import { ScriptedFleet, type ScriptedInstance } from './support/scripted-fleet.js';
import { Traffic } from './support/traffic.js';

/** Round robin, so that the balancer does not avoid the instance that stalls. */
const IN_TURN = { 'gateway.balancer': 'round-robin', 'gateway.slow-start-ms': '0' };
const HEDGED = { ...IN_TURN, 'gateway.hedge.after': 'p95' };
const BUDGET = 0.2;
/** Always allowed to a service with little traffic: three per second for ten seconds. */
const BASE_BUDGET = 30;

interface Report {
  readonly services: readonly { readonly name: string; readonly hedges: Readonly<Record<string, number>> }[];
}

describe('A service with an instance that stalls for half a second once in twenty requests', () => {
  let fleet: ScriptedFleet;
  let members: ScriptedInstance[];

  beforeAll(async () => {
    fleet = await ScriptedFleet.start();
    const pairOf = (name: string, metadata: Readonly<Record<string, string>>) =>
      Promise.all([
        fleet.add(name, `${name}-a`, { behaviour: 'hiccups', metadata }),
        fleet.add(name, `${name}-b`, { metadata }),
      ]);
    await pairOf('plain', IN_TURN);
    members = await pairOf('hedged', HEDGED);
  });

  const urlOf = (name: string): string => `${fleet.url}/api/${name}/x`;

  const seen = async (): Promise<number> => {
    const [a = 0, b = 0] = await Promise.all(members.map((member) => member.received()));
    return a + b;
  };

  const hedges = async (): Promise<Readonly<Record<string, number>>> => {
    const response = await fetch(`${fleet.url}/metrics`, { headers: { accept: 'application/json' } });
    const { services } = (await response.json()) as Report;
    return services.find(({ name }) => name === 'hedged')?.hedges ?? {};
  };

  const hedgeAfterMs = async (): Promise<number | null> => {
    const response = await fetch(`${fleet.url}/discovery/explain?method=GET&path=/api/hedged/x`);
    return ((await response.json()) as { route: { hedgeAfterMs: number | null } }).route.hedgeAfterMs;
  };

  it('responds almost as fast as usual when hedged, with few additional requests', async () => {
    const warmUp = new Traffic(urlOf('hedged'), { clients: 2 });
    await waitFor('the p95 to be known', async () => (await hedgeAfterMs()) !== null);
    await warmUp.stop();
    const before = await seen();
    const [plain, hedged] = await Promise.all(
      ['plain', 'hedged'].map((name) => Traffic.during(4_000, urlOf(name), { clients: 6, pauseMs: 2 })),
    );
    expect([plain!.failures, hedged!.failures]).toEqual([[], []]);
    const [without, withHedges] = [plain!.quantileMs(0.99), hedged!.quantileMs(0.99)];
    expect(without).toBeGreaterThanOrEqual(500);
    expect(withHedges).toBeLessThan(without / 3);
    const requested = hedged!.arrivals.length + warmUp.arrivals.length;
    const extra = (await seen()) - before - hedged!.arrivals.length;
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(BASE_BUDGET + BUDGET * requested);
  });

  it('has its lost attempts aborted, and the outcomes of its hedged attempts reported', async () => {
    expect(await members[0]!.aborted()).toBeGreaterThan(0);
    expect((await hedges()).won).toBeGreaterThan(0);
    const metrics = await (await fetch(`${fleet.url}/metrics`)).text();
    expect(metrics).toMatch(/^gateway_hedges_total\{service="hedged",outcome="won"\} [1-9]/m);
    expect(metrics).not.toContain('gateway_hedges_total{service="plain"');
  });

  it('receives each POST once, however late the response', async () => {
    const [seenBefore, hedgesBefore] = [await seen(), await hedges()];
    const posts = await Traffic.during(1_500, urlOf('hedged'), { method: 'POST', clients: 4 });
    expect(posts.failures).toEqual([]);
    expect(posts.quantileMs(1)).toBeGreaterThanOrEqual(500);
    expect((await seen()) - seenBefore).toBe(posts.arrivals.length);
    expect(await hedges()).toEqual(hedgesBefore);
  });
});

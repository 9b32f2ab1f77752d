import { Agent, request } from 'node:http';
import { GatewayUnderTest } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
afterAll(() => gateway.stop());

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
afterAll(() => agent.destroy());

/** Registers over a kept-alive connection; resolves to the status. */
const register = (body: object): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const call = request(
      `${gateway.url}/discovery/register`,
      { method: 'POST', agent, headers },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    call.on('error', reject).end(JSON.stringify(body));
  });

const SHARE = 1_000;

/** Registers a share of the instances concurrently; resolves to the duration in milliseconds. */
const registerShare = async (share: number): Promise<number> => {
  const startedAt = performance.now();
  const ids = Array.from({ length: SHARE }, (_, i) => `many-${share * SHARE + i}`);
  const statuses = await Promise.all(ids.map((id) => register({ ...instance, id })));
  expect(new Set(statuses)).toEqual(new Set([201]));
  return performance.now() - startedAt;
};

// Nothing listens at the URL: health checks must not eject the instances.
const metadata = { 'gateway.health-check.interval-ms': '0' };
const instance = { name: 'many', url: 'http://127.0.0.1:9001', ttlSeconds: 300, metadata };
const least = (times: number[]): number => Math.min(...times);

describe('a service of ten thousand instances', () => {
  it('rejects another one, and its last registrations cost about as much as the first', async () => {
    const times: number[] = [];
    for (let share = 0; share < 10; share += 1) times.push(await registerShare(share));
    // A cost proportional to the list would make the last shares seven times as slow as the first ones.
    expect(least(times.slice(-3))).toBeLessThan(3 * least(times.slice(0, 3)));
    const summary = { name: 'many', instances: { total: 10_000, healthy: 10_000 }, endpoint: '/api/many' };
    expect((await gateway.get('/services')).body).toMatchObject([summary]);
    expect(await register(instance)).toBe(409);
    expect(await register({ ...instance, id: 'many-1' })).toBe(200);
  }, 300_000);
});

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
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    call.on('error', reject).end(JSON.stringify(body));
  });

describe('a service of ten thousand instances', () => {
  it('registers in seconds, and is full then', async () => {
    const instance = { name: 'many', url: 'http://127.0.0.1:9001', ttlSeconds: 300 };
    const startedAt = Date.now();
    const statuses = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => register({ ...instance, id: `many-${i}` })),
    );
    // Generous, for machines that have other things to do.
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect(new Set(statuses)).toEqual(new Set([201]));
    const summary = { name: 'many', instances: { total: 10_000, healthy: 10_000 }, endpoint: '/api/many' };
    expect((await gateway.get('/services')).body).toMatchObject([summary]);
    expect(await register(instance)).toBe(409);
    expect(await register({ ...instance, id: 'many-1' })).toBe(200);
  }, 90_000);
});

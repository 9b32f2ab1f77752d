import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { GatewayUnderTest, until } from '../discovery/testing/gateway-under-test.js';

describe.each(['wire', 'node'] as const)('A gateway with rate limits, on the %s data plane', (DATA_PLANE) => {
  const folder = tempDir('rate-limits-');
  const path = join(folder.path, 'gateway.yaml');
  let service: Server;
  let gateway: GatewayUnderTest;

  const PER_CLIENT = '{ name: per-client, requests: 3, per: 1h }';
  const write = (...lines: readonly string[]): void => {
    writeFileSync(`${path}.new`, ['version: 1', ...lines].join('\n'));
    renameSync(`${path}.new`, path);
  };
  const remaining = async (target = '/api/users/') =>
    /r=(\d+)/.exec((await gateway.get(target)).headers.get('ratelimit') ?? '')?.[1];

  /** Replaces the file and waits until it is in effect. */
  async function reload(...lines: readonly string[]): Promise<void> {
    const revision = async () => ((await gateway.get('/policies')).body as { revision: string }).revision;
    const before = await revision();
    write(...lines);
    await until(async () => (await revision()) !== before);
  }

  beforeEach(async () => {
    write(`defaults: { rateLimits: [${PER_CLIENT}] }`);
    service = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(service, 'listening');
    gateway = await GatewayUnderTest.start({ GATEWAY_CONFIG: path, DATA_PLANE });
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    await gateway.register({ name: 'users', url });
  });
  afterEach(async () => {
    await gateway.stop();
    service.close();
  });
  afterAll(() => folder.remove());

  it('keeps their state while other members change, and starts anew when the limit does', async () => {
    expect(await remaining()).toBe('2');
    await reload(`defaults: { rateLimits: [${PER_CLIENT}], timeouts: { request: 9s } }`);
    expect(await remaining()).toBe('1');
    await reload(`defaults: { rateLimits: [{ name: other, requests: 9, per: 1h }, ${PER_CLIENT}] }`);
    expect((await gateway.get('/api/users/')).headers.get('ratelimit')).toMatch(
      /"other";r=8.*"per-client";r=0/,
    );
    await reload('defaults: { rateLimits: [{ name: per-client, requests: 4, per: 1h }] }');
    expect(await remaining()).toBe('3');
  });

  it('counts a limit of the service over all its routes, and one of a route alone', async () => {
    const route = (name: string, more = '') =>
      `  - { name: ${name}, match: { service: users, path: { exact: /${name} } }${more} }`;
    await reload(
      `services: { users: { rateLimits: [${PER_CLIENT}] } }`,
      'routes:',
      route('inherits', ', timeouts: { request: 9s }'),
      route('own', `, rateLimits: [${PER_CLIENT}]`),
    );
    expect(await remaining()).toBe('2');
    expect(await remaining('/api/users/inherits')).toBe('1');
    expect(await remaining('/api/users/own')).toBe('2');
    expect(await remaining()).toBe('0');
  });

  it('explains the state of a client and counts decisions', async () => {
    for (let i = 0; i < 4; i += 1) await gateway.get('/api/users/');
    const decisionFor = async (client: string) => {
      const { body } = await gateway.get(`/discovery/explain?path=/api/users/&client=${client}`);
      return (body as { decisions: { stage: string }[] }).decisions.find(
        ({ stage }) => stage === 'client-rate-limit',
      );
    };
    expect(await decisionFor('127.0.0.1')).toEqual({
      stage: 'client-rate-limit',
      decision: 'respond',
      detail: expect.stringMatching(/^per-client: 0 of 3 left, one more in 1[12]\d\d s$/),
    });
    expect(await decisionFor('192.0.2.1')).toMatchObject({
      decision: 'continue',
      detail: 'per-client: 3 of 3 left',
    });
    const { body } = await gateway.get('/metrics');
    const labels = 'service="users",route="",policy="per-client"';
    expect(body).toContain(`gateway_policy_decisions_total{${labels},decision="allowed",reason=""} 3\n`);
    expect(body).toContain(
      `gateway_policy_decisions_total{${labels},decision="refused",reason="quota-exceeded"} 1\n`,
    );
    expect(body).toContain(`gateway_rate_limit_keys{${labels}} 1\n`);
    expect(body).toContain('gateway_problems_total{service="users",problem="quota-exceeded"} 1\n');
    expect(body).not.toContain('gateway_rate_limit_store_available');
  });
});

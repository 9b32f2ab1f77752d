import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

/** Options that keep health checks and ejections out of a test. */
const UNCHECKED = { 'gateway.health-check.interval-ms': '0' };

describe('a fault between the gateway and an instance', () => {
  let gateway: GatewayUnderTest;
  let instance: Server;
  let respond: (response: ServerResponse) => void;

  beforeEach(async () => {
    respond = (response) => response.end('fine');
    instance = createServer((_request, response) => respond(response)).listen(0, '127.0.0.1');
    await once(instance, 'listening');
    gateway = await GatewayUnderTest.start();
    const { port } = instance.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    await gateway.register({ name: 'users', url, id: 'a', ttlSeconds: 300, metadata: UNCHECKED });
    expect(await statusOfRequest()).toBe(200);
  });

  afterEach(async () => {
    await gateway.stop();
    instance.closeAllConnections();
    instance.close();
  });

  const statusOfRequest = async (signal?: AbortSignal): Promise<number> => {
    const response = await gateway.call('GET', '/api/users/x', signal ? { signal } : {});
    return response.status;
  };

  const inject = (fault: object, id = 'a') =>
    gateway.call('PUT', `/discovery/services/${id}/fault`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ forSeconds: 60, ...fault }),
    });
  const end = () => gateway.call('DELETE', '/discovery/services/a/fault');
  const statusOfInstance = async () =>
    ((await gateway.get('/discovery/services/a')).body as { status: string }).status;

  const lastProbe = async () =>
    ((await gateway.get('/discovery/services/a')).body as { lastProbe: { ok: boolean } | null }).lastProbe;

  const inFlight = async () => {
    const { body } = await gateway.get('/metrics', { accept: 'application/json' });
    return (body as { services: { inFlight: number }[] }).services[0]!.inFlight;
  };

  it('delays each response of a slow one', async () => {
    const { status, body } = await inject({ kind: 'slow', delayMs: 300 });
    expect([status, body]).toMatchObject([200, { instanceId: 'a', service: 'users', kind: 'slow' }]);
    const since = performance.now();
    expect(await statusOfRequest()).toBe(200);
    expect(performance.now() - since).toBeGreaterThan(299);
    expect((await end()).status).toBe(204);
    const after = performance.now();
    expect(await statusOfRequest()).toBe(200);
    expect(performance.now() - after).toBeLessThan(300);
  });

  it('passes large bodies through a slow one', async () => {
    respond = (response) => response.end('x'.repeat(3_000_000));
    await inject({ kind: 'slow', delayMs: 20 });
    const { body } = await gateway.get('/api/users/x');
    expect((body as string).length).toBe(3_000_000);
  });

  it('makes each request fail with `errors`, with the status that was asked for', async () => {
    await inject({ kind: 'errors', status: 500 });
    expect(await statusOfRequest()).toBe(500);
    await end();
    expect(await statusOfRequest()).toBe(200);
  });

  it('makes a share of the requests fail, and passes the others to the instance', async () => {
    await inject({ kind: 'errors', status: 418, percent: 50 });
    const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOfRequest()));
    const failed = statuses.filter((status) => status === 418).length;
    expect(failed).toBeGreaterThan(50);
    expect(statuses.filter((status) => status === 200)).toHaveLength(200 - failed);
    expect(failed).toBeLessThan(150);
  });

  it('refuses connections of a killed one; a health check returns it afterwards', async () => {
    await inject({ kind: 'kill' });
    expect(await statusOfRequest()).toBe(502);
    expect(await statusOfInstance()).toBe('down');
    await end();
    await until(async () => (await statusOfInstance()) === 'up');
    expect(await statusOfRequest()).toBe(200);
  });

  it('meets the health checks of a killed one, which stays out of rotation', async () => {
    await inject({ kind: 'kill' });
    expect(await statusOfRequest()).toBe(502);
    await until(async () => (await lastProbe())?.ok === false);
    expect(await statusOfInstance()).toBe('down');
  });

  it('breaks the requests in progress of a killed one', async () => {
    respond = () => undefined;
    const request = statusOfRequest();
    await once(instance, 'request');
    await inject({ kind: 'kill' });
    expect(await request).toBe(502);
  });

  it('lets a hanging one respond when the fault ends', async () => {
    await inject({ kind: 'hang' });
    await expect(statusOfRequest(AbortSignal.timeout(300))).rejects.toThrow('timeout');
    // Not retried.
    const request = gateway.post('/api/users/x', {});
    await until(async () => (await inFlight()) === 1);
    await end();
    expect((await request).status).toBe(200);
  });

  it('ends by itself', async () => {
    await inject({ kind: 'errors', status: 418, forSeconds: 1 });
    expect((await gateway.get('/discovery/faults')).body).toMatchObject([
      { instanceId: 'a', kind: 'errors' },
    ]);
    expect(await statusOfRequest()).toBe(418);
    await until(async () => (await statusOfRequest()) === 200);
    expect((await gateway.get('/discovery/faults')).body).toEqual([]);
  });

  it('replaces an earlier one of the same instance', async () => {
    await inject({ kind: 'hang' });
    await inject({ kind: 'errors', status: 418 });
    expect(await statusOfRequest()).toBe(418);
    await end();
    expect(await statusOfRequest()).toBe(200);
  });

  it.each([
    { kind: 'fire' },
    { kind: 'slow', delayMs: 0 },
    { kind: 'errors', percent: 101 },
    { kind: 'kill', forSeconds: 601 },
  ])('is refused with 400 if it is invalid: %j', async (fault) =>
    expect((await inject(fault)).status).toBe(400),
  );

  it('needs an instance', async () => expect((await inject({ kind: 'kill' }, 'b')).status).toBe(404));
});

describe('faults of a gateway', () => {
  const TOKEN = 'a-secret-of-the-registry';

  const statusOf = async (env: Readonly<Record<string, string>>, authorization: string): Promise<number> => {
    const gateway = await GatewayUnderTest.start({ REGISTRY_TOKEN: TOKEN, ...env });
    try {
      const headers = { 'content-type': 'application/json', authorization };
      const body = JSON.stringify({ kind: 'kill', forSeconds: 1 });
      return (await gateway.call('PUT', '/discovery/services/a/fault', { headers, body })).status;
    } finally {
      await gateway.stop();
    }
  };

  it.each([
    ['needs the token of the registry', {}, 'Bearer wrong', 401],
    ['are allowed outside of production', {}, `Bearer ${TOKEN}`, 404],
    ['are refused in production', { ENVIRONMENT: 'production' }, `Bearer ${TOKEN}`, 403],
    [
      'can be allowed there',
      { ENVIRONMENT: 'production', FAULT_INJECTION: 'allowed' },
      `Bearer ${TOKEN}`,
      404,
    ],
    ['can be refused elsewhere', { FAULT_INJECTION: 'refused' }, `Bearer ${TOKEN}`, 403],
  ])('%s', async (_rule, env, authorization, status) => {
    expect(await statusOf(env, authorization)).toBe(status);
  });
});

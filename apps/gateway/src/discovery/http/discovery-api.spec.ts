import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ejector } from '../ejection/ejector.js';
import { LiveServiceTable } from '../model/service-table.js';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

const url = 'http://127.0.0.1:9001';
const problem = (code: string, status: number, instance: string) => ({
  status,
  headers: expect.anything(),
  body: expect.objectContaining({
    type: `urn:msa-gateway:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance,
    requestId: expect.any(String),
  }),
});

const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0;

let gateway: GatewayUnderTest;
beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
afterAll(() => gateway.stop());
afterEach(async () => {
  const { body } = await gateway.get('/discovery/services');
  for (const { id } of body as { id: string }[]) await gateway.call('DELETE', `/discovery/unregister/${id}`);
});

describe('POST /discovery/register', () => {
  it('responds 201 with the complete instance', async () => {
    const before = Date.now();
    const body = {
      name: 'user-service',
      url: `${url}/`,
      id: 'a',
      version: '1.4.0',
      weight: 50,
      ttlSeconds: 30,
    };
    const response = await gateway.register({ ...body, healthPath: '/up', metadata: { zone: 'a' } });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/discovery/services/a');
    expect(response.body).toEqual({
      ...body,
      url,
      transport: 'http',
      healthPath: '/up',
      metadata: { zone: 'a' },
      status: 'up',
      statusReason: 'registered',
      registeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      lastHeartbeatAt: expect.any(String),
      expiresAt: expect.any(String),
      lastProbe: null,
      instanceToken: expect.stringMatching(/^a:[\w-]{43}$/),
    });
    const { expiresAt } = response.body as { expiresAt: string };
    expect(Date.parse(expiresAt) - before).toBeGreaterThanOrEqual(30_000);
  });

  it('responds 200 when the same id registers again, and replaces its fields', async () => {
    await gateway.register({ name: 'users', url, id: 'a', weight: 7, metadata: { zone: 'a' } });
    const again = await gateway.register({ name: 'users', url: 'https://127.0.0.1:9443', id: 'a' });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ weight: 100, url: 'https://127.0.0.1:9443', metadata: {} });
    expect((await gateway.get('/discovery/services')).body).toHaveLength(1);
  });

  it('updates the service table before the response is sent', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    const table = gateway.app.nest.get(LiveServiceTable, { strict: false });
    expect(table.current.get('users')?.available).toHaveLength(1);
  });
});

describe('the life cycle of an instance', () => {
  const summaryOf = async (service: string) =>
    ((await gateway.get('/services')).body as { name: string }[]).find(({ name }) => name === service);

  it('lists and finds instances, and filters them by name and status', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    await gateway.register({ name: 'orders', url, id: 'b' });
    await gateway.call('POST', '/discovery/services/b/drain');
    const idsOf = async (path: string) =>
      ((await gateway.get(path)).body as { id: string }[]).map(({ id }) => id);
    expect(await idsOf('/discovery/services')).toEqual(['a', 'b']);
    expect(await idsOf('/discovery/services?name=users')).toEqual(['a']);
    expect(await idsOf('/discovery/services?status=draining')).toEqual(['b']);
    expect(await idsOf('/discovery/services?name=users&status=draining')).toEqual([]);
    expect((await gateway.get('/discovery/services/b')).body).toMatchObject({ id: 'b', status: 'draining' });
  });

  it('renews a lease by a heartbeat with a body, with an empty one, and without one', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    const withBody = await gateway.post('/discovery/heartbeat/a', { inFlight: 3, loopLagMs: 1.5 });
    expect(withBody.status).toBe(200);
    expect(withBody.body).toMatchObject({ id: 'a', inFlight: 3, loopLagMs: 1.5 });
    const without = await gateway.call('POST', '/discovery/heartbeat/a');
    expect(without.status).toBe(200);
    expect(without.body).not.toHaveProperty('inFlight');
    const nothingOfJson = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${gateway.url}/discovery/heartbeat/a`, nothingOfJson)).status).toBe(200);
    expect((await gateway.post('/discovery/heartbeat/a', {})).status).toBe(200);
  });

  it('drains with 202, keeps the instance listed, and resumes', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    const drained = await gateway.call('POST', '/discovery/services/a/drain');
    expect(drained).toMatchObject({ status: 202, body: { status: 'draining' } });
    expect(await summaryOf('users')).toMatchObject({ instances: { total: 1, healthy: 0 } });
    const resumed = await gateway.call('DELETE', '/discovery/services/a/drain');
    expect(resumed).toMatchObject({ status: 200, body: { status: 'up' } });
  });

  it('unregisters with 204, and a late heartbeat does not restore the instance', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    expect(await gateway.call('DELETE', '/discovery/unregister/a')).toMatchObject({ status: 204, body: '' });
    expect(await gateway.call('POST', '/discovery/heartbeat/a')).toEqual(
      problem('unknown-instance', 404, '/discovery/heartbeat/a'),
    );
    expect(await summaryOf('users')).toMatchObject({ instances: { total: 0, healthy: 0 } });
  });

  it('expires the instance when its lease ends', async () => {
    const { body } = await gateway.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    const { expiresAt } = body as { expiresAt: string };
    await until(async () => isEmpty((await gateway.get('/discovery/services?status=up')).body));
    // The time until the expiry depends on the sweeper's ticks, which its own spec tests.
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect((await gateway.call('POST', '/discovery/cleanup')).body).toEqual({ removed: ['a'] });
    expect((await gateway.get('/discovery/services')).body).toEqual([]);
  });
});

describe('unknown ids', () => {
  it.each([
    ['DELETE', '/discovery/unregister/unknown'],
    ['GET', '/discovery/services/unknown'],
    ['POST', '/discovery/heartbeat/unknown'],
    ['POST', '/discovery/services/unknown/drain'],
    ['DELETE', '/discovery/services/unknown/drain'],
  ])('responds 404 to %s %s', async (method, path) => {
    expect(await gateway.call(method, path)).toEqual(problem('unknown-instance', 404, path));
  });
});

describe('an ejected instance', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((_request, response) => void response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('returns to rotation when its health check receives a status below 500', async () => {
    const { port } = server.address() as AddressInfo;
    await gateway.register({ name: 'users', url: `http://127.0.0.1:${port}`, id: 'a', ttlSeconds: 60 });
    const table = gateway.app.nest.get(LiveServiceTable, { strict: false });
    const instance = table.current.get('users')!.instances[0]!;
    gateway.app.nest.get(Ejector, { strict: false }).refused(instance, 'it refused a connection');
    expect(table.current.get('users')!.available).toEqual([]);
    await until(() => table.current.get('users')!.available.length === 1);
    expect((await gateway.get('/discovery/services/a')).body).toMatchObject({
      status: 'up',
      statusReason: 'health check of /health/ready received 404',
      lastProbe: { ok: true, latencyMs: expect.any(Number), at: expect.any(String) },
    });
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InstanceView } from '#contracts';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

const FAST = { 'gateway.health-check.interval-ms': '100', 'gateway.health-check.unhealthy-threshold': '1' };

describe('a gateway with an instance that listens', () => {
  let gateway: GatewayUnderTest;
  let service: Server;
  let healthStatus: number;
  let healthRequests: number;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ LOG_LEVEL: 'ERROR' });
    service = createServer((request, response) => {
      if (request.url !== '/health/ready') return void response.end('served');
      healthRequests += 1;
      response.writeHead(healthStatus).end('{}');
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterAll(async () => {
    await gateway.stop();
    service.close();
  });
  const registered: string[] = [];
  beforeEach(() => {
    healthStatus = 200;
    healthRequests = 0;
  });
  afterEach(async () => {
    for (const id of registered.splice(0)) await gateway.call('DELETE', `/discovery/unregister/${id}`);
  });

  async function register(id: string, metadata: Record<string, string>): Promise<void> {
    const { port } = service.address() as AddressInfo;
    registered.push(id);
    await gateway.register({ name: id, id, url: `http://127.0.0.1:${port}`, ttlSeconds: 60, metadata });
  }

  const instance = async (id: string): Promise<InstanceView> =>
    (await gateway.get(`/discovery/services/${id}`)).body as InstanceView;
  const isNow = (id: string, status: string) => () => instance(id).then((seen) => seen.status === status);

  it('takes it out of rotation while its health path responds 503, then returns it', async () => {
    await register('checked', FAST);
    healthStatus = 503;
    await until(isNow('checked', 'down'));
    expect(await instance('checked')).toMatchObject({
      statusReason: 'health check of /health/ready received 503',
      lastProbe: { ok: false, at: expect.any(String) as string, latencyMs: expect.any(Number) as number },
    });
    expect((await gateway.get('/api/checked/')).status).toBe(503);
    healthStatus = 204;
    await until(isNow('checked', 'up'));
    expect(await instance('checked')).toMatchObject({
      statusReason: 'health check of /health/ready received 204',
      lastProbe: { ok: true },
    });
  });

  it('takes it out of rotation while its heartbeats report that it is not ready', async () => {
    await register('reporting', { 'gateway.health-check.interval-ms': '0' });
    const heartbeat = (ready: boolean) => gateway.post('/discovery/heartbeat/reporting', { ready });
    expect((await heartbeat(false)).body).toMatchObject({
      status: 'down',
      statusReason: 'heartbeat reported not ready',
      ready: false,
    });
    expect((await gateway.get('/api/reporting/')).status).toBe(503);
    expect((await heartbeat(true)).body).toMatchObject({ status: 'up', ready: true });
    expect((await gateway.get('/api/reporting/')).body).toBe('served');
    expect(healthRequests).toBe(0);
  });

  it('rejects a readiness that is not a boolean', async () => {
    await register('reporting', {});
    const response = await gateway.post('/discovery/heartbeat/reporting', { ready: 'yes' });
    expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/ready' }] } });
  });
});

import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boot, type RunningApp } from '#service-kit';
import { gateway } from '#apps/gateway';
import { call, freePort, tempDir, waitFor } from '#testing';
import { PLANES } from './conformance/support/kinds.js';
import { RawClient } from './conformance/support/raw-client.js';

const folder = tempDir('admin-port-');
afterAll(() => folder.remove());

const TARGETS = [
  '/',
  '/services',
  '/metrics',
  '/policies',
  '/policies/mirror',
  '/policies/schema.json',
  '/docs',
  '/docs-json',
];
const DISCOVERY = ['/discovery/services', '/discovery/events', '/discovery/explain?path=/api/users/'];
/** Spellings that some router takes for one of the paths. */
const SPELLINGS = [
  '/metrics/',
  '/metrics?x',
  '//metrics',
  '/METRICS',
  '/%6Detrics',
  '/./metrics',
  '/x/../metrics',
  '/health/../metrics',
  '/health/live/../../metrics',
  '/health/%2e%2e/metrics',
  '/health%2f..%2fmetrics',
  '/health;x',
  '/health/',
  '/healthy',
  '/api/../metrics',
  '/apis',
  '/api;x/metrics',
  '/%61pi/../metrics',
  'http://gw/metrics',
  'http://gw/',
  '*',
];

describe.each(PLANES)('a gateway with ADMIN_PORT (%s)', (plane) => {
  let app: RunningApp;
  let admin: string;
  let publicPort: number;
  let adminPort: number;
  let instance: Server;
  const held: ServerResponse[] = [];

  beforeAll(async () => {
    adminPort = await freePort();
    admin = `http://127.0.0.1:${adminPort}`;
    app = await boot(gateway, {
      env: {
        LOG_LEVEL: 'ERROR',
        GATEWAY_HOST: '127.0.0.1',
        GATEWAY_PORT: '0',
        ADMIN_PORT: String(adminPort),
        DATA_DIR: folder.path,
        DATA_PLANE: plane,
      },
    });
    publicPort = Number(new URL(app.url).port);
    instance = createServer((request, response) => {
      if (request.url === '/held') held.push(response);
      else response.end('served');
    }).listen(0, '127.0.0.1');
    await once(instance, 'listening');
    const url = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
    const body = { name: 'users', id: 'users-a', url, ttlSeconds: 300, healthPath: '/' };
    expect((await call(admin, 'POST /discovery/register', { body })).status).toBe(201);
    await waitFor('the instance', async () => (await call(app.url, 'GET /api/users/')).status === 200);
  });
  afterAll(async () => {
    await app.close();
    instance.close();
  });

  const send = async (port: number, text: string): Promise<string> => {
    const client = await RawClient.open(port);
    client.send(text);
    return client.untilClosed();
  };
  const head = (line: string): string => `${line} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`;

  it.each(['/api/users/', '/health', '/health/live', '/health/ready', '/health?x=1'])(
    'serves %s on both ports',
    async (target) => {
      expect((await call(app.url, `GET ${target}`)).status).toBe(200);
      expect((await call(admin, `GET ${target}`)).status).toBe(200);
    },
  );

  it.each([...TARGETS, ...DISCOVERY])('serves %s on the admin port only', async (target) => {
    expect(await call(app.url, `GET ${target}`)).toMatchObject({
      status: 404,
      body: { type: 'urn:msa-gateway:problem:not-public' },
    });
    const response = await fetch(admin + target);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it.each(SPELLINGS)('serves no other path to the spelling %s', async (target) => {
    const response = await send(publicPort, head(`GET ${target}`));
    expect(response).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(response).not.toContain('gateway_');
  });

  it.each([
    ['a heartbeat', 'POST /discovery/heartbeat/users-a HTTP/1.1\r\nHost: gw\r\n\r\n'],
    [
      'a heartbeat with a body',
      'POST /discovery/heartbeat/users-a HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    ],
    ['an upgrade', 'GET /metrics HTTP/1.1\r\nHost: gw\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'a body that waits for 100 Continue',
      'POST /discovery/register HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
    ],
    ['a request after another', `GET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n${head('GET /metrics')}`],
  ])('refuses %s on the public port', async (_what, text) => {
    const response = await send(publicPort, text);
    expect(response).toMatch(/HTTP\/1\.1 404 [^]*"urn:msa-gateway:problem:not-public"/);
    expect(response).not.toMatch(/100 Continue|gateway_|expiresAt/);
  });

  it('takes heartbeats on the admin port', async () => {
    const heartbeat = await call(admin, 'POST /discovery/heartbeat/users-a', { body: {} });
    expect([heartbeat.status, (heartbeat.body as { id: string }).id]).toEqual([200, 'users-a']);
  });

  it('finishes requests on both ports when it stops, and then refuses connections', async () => {
    const events = await RawClient.open(adminPort);
    events.send('GET /discovery/events HTTP/1.1\r\nHost: gw\r\n\r\n');
    await events.until(/^HTTP\/1\.1 200 /);
    const requests = [app.url, admin].map((url) => call(url, 'GET /api/users/held'));
    await waitFor('both requests', () => held.length === 2);
    const closed = app.close();
    await events.untilClosed();
    for (const response of held.splice(0)) response.end('late');
    expect((await Promise.all(requests)).map(({ body }) => String(body))).toEqual(['late', 'late']);
    await closed;
    await expect(fetch(`${admin}/health/live`)).rejects.toThrow();
    await expect(fetch(`${app.url}/health/live`)).rejects.toThrow();
  });
});

it('a gateway whose ADMIN_PORT is taken does not start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const env = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'ERROR' };
  await expect(boot(gateway, { env: { ...env, ADMIN_PORT: String(port) } })).rejects.toThrow(
    `gateway: the port is already taken (port ${port})`,
  );
  taken.close();
});

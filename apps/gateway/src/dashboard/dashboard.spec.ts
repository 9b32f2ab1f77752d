import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller, DashboardState, TrafficHistory } from '#contracts';
import { freePort, SseReader, tempDir } from '#testing';
import { urlsOf } from '../running-gateway.js';
import { GatewayUnderTest, until } from '../discovery/testing/gateway-under-test.js';

const anyTime = expect.stringMatching(/^\d{4}-/) as string;

/** The state that a reader of the stream has, by RFC 7396. */
function stateOf({ events }: SseReader): DashboardState | undefined {
  const merge = (target: unknown, patch: unknown): unknown => {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
    const result = new Map(Object.entries(target ?? {}));
    for (const [name, value] of Object.entries(patch))
      if (value === null) result.delete(name);
      else result.set(name, merge(result.get(name), value));
    return Object.fromEntries(result);
  };
  return events.reduce<unknown>(
    (state, { event, data }) => (event === 'state' ? data : merge(state, data)),
    undefined,
  ) as DashboardState | undefined;
}

describe('the dashboard of a gateway', () => {
  let gateway: GatewayUnderTest;
  const servers: Server[] = [];
  const readers: SseReader[] = [];
  beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
  afterAll(async () => {
    readers.forEach((reader) => reader.leave());
    servers.forEach((server) => server.close().closeAllConnections());
    await gateway.stop();
  });

  const serve = async (name: string, listener: RequestListener): Promise<Server> => {
    const server = createServer((request, response) => {
      if (request.url === '/health/ready') response.end();
      else listener(request, response);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await gateway.register({ name, id: `${name}-1`, url: `http://127.0.0.1:${port}`, ttlSeconds: 300 });
    return server;
  };
  const read = async (url = gateway.url): Promise<SseReader> => {
    const reader = await SseReader.open(`${url}/dashboard/stream`);
    readers.push(reader);
    return reader;
  };
  const call = async (service: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await gateway.get(`/api/${service}/`);
  };

  it('tells the programs that call a service', async () => {
    await serve('called', (_request, response) => response.end());
    for (let i = 0; i < 3; i += 1)
      await fetch(`${gateway.url}/api/called/`, { headers: { 'user-agent': 'importer/2.1 (someone)' } });
    const response = await fetch(`${gateway.url}/dashboard/callers`);
    const callers = (await response.json()) as readonly Caller[];
    expect(callers.filter(({ service }) => service === 'called')).toEqual([
      { service: 'called', kind: 'user-agent', name: 'importer', share: 1, lastAt: anyTime },
    ]);
  });

  it('reports what a new operator has to see within twelve seconds', async () => {
    let count = 0;
    await serve('always-failing', (_request, response) => response.writeHead(500).end());
    await serve('often-failing', (_request, response) =>
      response.writeHead((count += 1) % 25 < 7 ? 500 : 200).end(),
    );
    await serve('slow', (_request, response) => void setTimeout(() => response.end(), 1500));
    const reader = await read();
    const startedAt = performance.now();
    const atOnce = Array.from({ length: 6 }, () => call('slow', 1));
    await Promise.all([call('always-failing', 60), call('often-failing', 100), ...atOnce]);
    const attention = () => stateOf(reader)?.attention ?? {};
    await until(() => Object.keys(attention()).length === 3, 12_000);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    expect(attention()).toMatchObject({
      'service-failing always-failing': { condition: 'critical', values: { errorRate: 1 } },
      'service-failing often-failing': { condition: 'warning' },
      'service-slow slow': { condition: 'warning' },
    });
    const { services, edges } = stateOf(reader)!;
    expect(services['always-failing']).toMatchObject({ condition: 'critical' });
    expect(edges['gateway slow']).toMatchObject({ from: 'gateway', to: 'slow', kind: 'proxied' });
  });

  it('shows within two seconds that an instance has died', async () => {
    const server = await serve('mortal', (_request, response) => response.end());
    const reader = await read();
    // An instance that was never reached may still be starting: it is given ten seconds.
    await once(server, 'connection');
    await until(() => stateOf(reader)?.services.mortal?.healthy === 1);
    server.close().closeAllConnections();
    await until(() => stateOf(reader)?.attention['service-down mortal'] !== undefined, 2500);
    expect(stateOf(reader)?.instances['mortal-1']).toMatchObject({
      status: 'down',
      condition: 'critical',
      isInRotation: false,
    });
  });

  it('shows a fault that an operator injects, and its end', async () => {
    await serve('drilled', (_request, response) => response.end());
    const reader = await read();
    const url = '/discovery/services/drilled-1/fault';
    const { status } = await gateway.call('PUT', url, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'slow', forSeconds: 60, delayMs: 1 }),
    });
    expect(status).toBe(200);
    const item = () => stateOf(reader)?.attention['instance-fault drilled-1'];
    await until(() => item() !== undefined);
    expect(item()).toMatchObject({ service: 'drilled', values: { fault: 'slow' } });
    expect((await gateway.call('DELETE', url)).status).toBe(204);
    await until(() => item() === undefined);
  });

  it('shows a weight that an operator sets, as the event log does', async () => {
    await serve('weighty', (_request, response) => response.end());
    const reader = await read();
    const set = (weight: unknown) =>
      gateway.call('PUT', '/discovery/services/weighty-1/weight', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ weight }),
      });
    expect((await set(0)).body).toMatchObject({ id: 'weighty-1', weight: 0, status: 'up' });
    await until(() => stateOf(reader)?.instances['weighty-1']?.weight === 0);
    expect(stateOf(reader)?.instances['weighty-1']?.isInRotation).toBe(false);
    expect((await gateway.get('/api/weighty/')).status).toBe(503);
    expect((await set(1001)).status).toBe(400);
    expect((await set('7')).status).toBe(400);
    const { body } = await gateway.get('/discovery/events?since=0');
    expect((body as object[]).at(-1)).toMatchObject({ type: 'weight-changed', reason: 'weight set to 0' });
  });

  it('has the traffic of the last minutes, also without a reader', async () => {
    const { status, headers, body } = await gateway.get('/dashboard/history?period=15m');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const { stepSeconds, at, requestsPerSecond } = body as TrafficHistory;
    expect(stepSeconds).toBe(1);
    expect(at.length).toBe(requestsPerSecond.length);
    expect(Math.max(...requestsPerSecond.map(Number))).toBeGreaterThan(0);
    expect((await gateway.get('/dashboard/history?period=24h')).body).toMatchObject({ stepSeconds: 60 });
    expect((await gateway.get('/dashboard/history?period=1y')).status).toBe(400);
  });

  it('is served to operators alone if they have a port of their own', async () => {
    const other = await GatewayUnderTest.start({ ADMIN_PORT: '0' });
    try {
      const admin = urlsOf(other.app).url;
      const reader = await read(admin);
      await until(() => stateOf(reader) !== undefined);
      expect((await fetch(admin, { headers: { accept: 'text/html' } })).status).toBe(200);
      for (const path of ['/', '/dashboard/stream', '/dashboard/history', '/dashboard/assets/x'])
        expect((await other.get(path)).status).toBe(404);
    } finally {
      await other.stop();
    }
  });

  it('keeps the traffic of the day over a restart', async () => {
    const folder = tempDir();
    const port = String(await freePort());
    const run = () => GatewayUnderTest.start({ GATEWAY_PORT: port, DATA_DIR: folder.path });
    try {
      const first = await run();
      await until(async () => ((await first.get('/dashboard/history')).body as TrafficHistory).at.length > 1);
      await first.stop();
      const second = await run();
      const history = (await second.get('/dashboard/history?period=24h')).body as TrafficHistory;
      expect(history.at.length).toBeGreaterThan(0);
      await second.stop();
    } finally {
      folder.remove();
    }
  });
});

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  call,
  launchNode,
  LaunchedProcess,
  MOUNTS,
  plainEnvironment,
  FREE_PORTS,
  READY,
  SERVICES,
  startApp,
  startSystem,
  tempDir,
  waitFor,
} from '#testing';

const data = tempDir();
afterAll(() => data.remove());

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

type Lines = readonly Record<string, unknown>[];
const withMessage = (lines: Lines, message: string): Lines => lines.filter(({ msg }) => msg === message);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** The URL of an HTTP server. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const putLevel = (url: string, body: object, headers = {}) =>
  call(url, 'PUT /log-level', {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const startGateway = (env = {}) =>
  startApp('gateway', { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: data.path, ...env });

const register = (url: string, instance: object) =>
  call(url, 'POST /discovery/register', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(instance),
  });

describe('the standard output of npm', () => {
  it.each(['start', 'start:split'])(
    'has nothing but JSON lines with --silent: npm run %s',
    async (script) => {
      const env = plainEnvironment({ ...FREE_PORTS, DATA_DIR: data.path });
      const launched = new LaunchedProcess('npm', ['run', script, '--silent'], env);
      const [, url] = await launched.waitForOutput(READY);
      launched.signal('SIGTERM');
      await launched.exited;
      // Warnings about a busy machine, such as that of an event-loop stall, may stand anywhere.
      const lines = launched.records.filter(({ level }) => level === 'info');
      const stop = lines.findIndex(({ msg }) => String(msg).startsWith('Shutdown started'));
      expect(lines[stop - 1]).toMatchObject({ docs: `${url!}/docs`, seed: `npm run seed -- ${url!}` });
      expect(launched.records.at(-1)?.msg).toMatch(/^stopped: gateway(, \S+-service){3,}$/);
    },
  );

  it.each(['gateway', ...SERVICES])('says where %s is found, and that it has stopped', async (app) => {
    const env = { ...FREE_PORTS, DATA_DIR: data.path, REGISTRY_URL: 'http://127.0.0.1:9' };
    const launched = launchNode(`dist/apps/${app}/src/main.js`, [], env);
    const ready = new RegExp(`"msg":"${app} ready: open (\\S+); documents at (\\S+)"`);
    const [, , docs] = await launched.waitForOutput(ready);
    expect((await fetch(docs!)).status).toBe(200);
    await launched.stop();
    expect(launched.records.at(-1)?.msg).toBe(`stopped: ${app}`);
  });
});

describe('PUT /log-level', () => {
  it('shows and changes the level, for a time, and logs each change', async () => {
    const { process, url } = await startGateway();
    expect((await call(url, 'GET /log-level')).body).toEqual({ level: 'INFO' });
    expect(await putLevel(url, { level: 'ERROR' })).toMatchObject({ status: 200, body: { level: 'ERROR' } });
    expect((await putLevel(url, { level: 'DEBUG', forSeconds: 1 })).body).toMatchObject({ forSeconds: 1 });
    await waitFor('the configured level', async () => {
      const { body } = await call(url, 'GET /log-level');
      return (body as { level: string }).level === 'INFO';
    });
    const changes = () => withMessage(process.records, 'Log level changed');
    // A line is written after the change.
    await waitFor('the line of the last change', () => changes().length === 3);
    expect(changes()).toEqual([
      expect.objectContaining({
        level: 'warn',
        current: 'ERROR',
        previous: 'INFO',
        client: '127.0.0.1',
        audit: 'log-level',
      }),
      expect.objectContaining({ level: 'warn', current: 'DEBUG', previous: 'ERROR', forSeconds: 1 }),
      expect.objectContaining({ level: 'warn', current: 'INFO', previous: 'DEBUG', source: 'expiry' }),
    ]);
    await process.stop();
  });

  it('needs the token of the registry and a known level', async () => {
    const { process, url } = await startGateway({ REGISTRY_TOKEN: 'token-of-the-registry' });
    const headers = { authorization: 'Bearer token-of-the-registry' };
    expect((await putLevel(url, { level: 'DEBUG' })).status).toBe(401);
    expect((await call(url, 'GET /log-level')).status).toBe(401);
    for (const body of [
      { level: 'TRACE' },
      { level: 'INFO', forSeconds: 0 },
      { forSeconds: 1 },
      { level: 'INFO', a: 1 },
    ])
      expect((await putLevel(url, body, headers)).status).toBe(400);
    expect((await call(url, 'GET /log-level', { headers })).body).toEqual({ level: 'INFO' });
    await process.stop();
  });
});

describe.each(MOUNTS)('SIGUSR2 to %s', (mount) => {
  it('shows debug messages of every app, and a second one ends that', async () => {
    const system = await startSystem(mount, { DATA_DIR: data.path });
    const { process, url } = system;
    const toggled = (level: string, times: number) =>
      waitFor(`${times} changes to ${level}`, () => {
        const changes = withMessage(process.records, 'Log level changed');
        return (
          changes.filter((change) => change.current === level && change.source === 'SIGUSR2').length === times
        );
      });
    process.signal('SIGUSR2');
    await toggled('DEBUG', mount === 'monolith' ? 1 : 4);
    const headers = { 'x-request-id': 'seen-by-both', traceparent: TRACEPARENT };
    await call(url, 'GET /api/user-service/users', { headers });
    const ids = { requestId: 'seen-by-both', traceId: TRACE_ID };
    const linesOf = () => process.records.filter(({ requestId }) => requestId === 'seen-by-both');
    await waitFor('the lines of the request', () => linesOf().length === 3);
    expect(linesOf()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...ids, app: 'gateway', level: 'info', msg: 'request' }),
        expect.objectContaining({
          app: 'gateway',
          level: 'debug',
          msg: 'Request forwarded',
          candidateCount: 1,
        }),
        expect.objectContaining({ ...ids, app: 'user-service', level: 'debug', path: '/users', status: 200 }),
      ]),
    );
    process.signal('SIGUSR2');
    await toggled('INFO', mount === 'monolith' ? 1 : 4);
    await process.stop();
  });
});

describe('the gateway at DEBUG', () => {
  it('logs the cause of each retry, and each health check, and not the routes of Nest', async () => {
    const { process, url } = await startGateway({ LOG_LEVEL: 'DEBUG' });
    expect(process.stdout).not.toMatch(/Mapped|dependencies initialized/);
    const isHealthCheck = (path = ''): boolean => path.startsWith('/health');
    const breaks = await serve((request, response) =>
      isHealthCheck(request.url) ? response.end() : request.socket.destroy(),
    );
    const works = await serve((_request, response) => response.end());
    await register(url, { name: 'shop', id: 'breaks', url: breaks });
    await register(url, { name: 'shop', id: 'works', url: works });
    const retried = (): Lines =>
      withMessage(process.records, 'Request forwarded').filter(
        ({ attempts }) => (attempts as unknown[]).length === 2,
      );
    await waitFor('a request that was retried', async () => {
      await call(url, 'GET /api/shop/');
      return retried().length > 0;
    });
    expect(retried()[0]).toMatchObject({
      service: 'shop',
      candidateCount: 2,
      attempts: [
        { instance: 'breaks', balancer: 'power-of-two', failure: 'reset' },
        { instance: 'works', balancer: 'power-of-two' },
      ],
      status: 200,
    });
    await waitFor('a health check', () =>
      withMessage(process.records, 'Health check').some(({ url: checked }) => checked === breaks),
    );
    await process.stop();
  });
});

describe('ACCESS_LOG_SAMPLE=0', () => {
  it('logs only requests that fail or are slow', async () => {
    const { process, url } = await startGateway({ ACCESS_LOG_SAMPLE: '0', ACCESS_LOG_SLOW: '1s' });
    const shop = await serve((request, response) => {
      response.statusCode = request.url === '/fails' ? 500 : 200;
      setTimeout(() => response.end(), request.url === '/slow' ? 1100 : 0);
    });
    await register(url, { name: 'shop', id: 'shop', url: shop });
    for (const path of ['quick', 'slow', 'quick', 'fails', 'quick']) await call(url, `GET /api/shop/${path}`);
    await process.stop();
    const paths = withMessage(process.records, 'request')
      .map(({ path }) => path as string)
      .filter((path) => path.startsWith('/api'));
    expect(paths).toEqual(['/api/shop/slow', '/api/shop/fails']);
  });
});

describe('secrets of a request', () => {
  const SECRET = 'zq-secret-zq';
  const headers = {
    authorization: `Bearer ${SECRET}`,
    cookie: `session=${SECRET}`,
    'x-api-key': SECRET,
    'x-custom': SECRET,
    referer: `http://example.org/?q=${SECRET}`,
  };
  const query = ['access_token', 'api_key', 'token', 'q'].map((name) => `${name}=${SECRET}`).join('&');

  it.each(MOUNTS)('are in no line of %s, at DEBUG and when it fails', async (mount) => {
    const { process, url } = await startSystem(mount, { DATA_DIR: data.path, LOG_LEVEL: 'DEBUG' });
    const breaks = await serve((request) => request.socket.destroy());
    await register(url, { name: 'broken', id: 'broken', url: breaks });
    const paths = [
      'user-service/users',
      'order-service/nothing',
      'broken/x',
      'unknown/x',
      'product-service/%zz',
    ];
    for (const path of paths) await call(url, `GET /api/${path}?${query}`, { headers });
    await call(url, `GET /log-level?${query}`, { headers });
    await call(url, 'POST /api/user-service/users', { headers, body: `{"password":"${SECRET}"` });
    await process.stop();
    expect(withMessage(process.records, 'request').length).toBeGreaterThan(paths.length);
    expect(process.stdout + process.stderr).not.toContain(SECRET);
  });
});

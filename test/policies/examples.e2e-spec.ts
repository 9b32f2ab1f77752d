import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { call, onPrograms, ROOT, startApp, startSystem, tempDir, waitFor, type AppProcess } from '#testing';
import { runCommand } from '../support/curl-session.js';
import { commandsOf, readText, type Command } from '../support/documentation.js';

const FOLDER = 'docs/guide/policies';
const START = /^GATEWAY_CONFIG=(\S+) npm start$/;

interface Example {
  readonly file: string;
  /** The commands that follow the one that starts the system. */
  readonly commands: readonly Command[];
}

const EXAMPLES: readonly Example[] = readText(`${FOLDER}/README.md`)
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [start, ...commands] = commandsOf(section);
    return { file: START.exec(start!.text)![1]!, commands };
  });

// Keys and tokens as the page shows them.
const [STAFF = '', GLOBEX = '', ACME = ''] = new Set(
  readText(`${FOLDER}/README.md`).match(/msag_[0-9A-Za-z]{38}/g),
);
const tokenOf = (user: string): string => readText(`${FOLDER}/token-of-${user}.txt`).trim();

onPrograms(['curl', 'npm'], 'the page of example policies', () => {
  it('has eight examples', () => {
    expect(EXAMPLES.map(({ file }) => file.slice(FOLDER.length + 1))).toEqual([
      'public-site.yaml',
      'partners.yaml',
      'mobile-app.yaml',
      'own-orders.yaml',
      'maintenance.yaml',
      'strangler.yaml',
      'canary.yaml',
      'mirror.yaml',
    ]);
  });

  // The system that `npm start` starts, with the shop.
  it.each(EXAMPLES)(
    'shows commands for $file that do what it promises',
    async ({ file, commands }) => {
      const data = tempDir('examples-');
      const system = await startSystem('monolith', { DATA_DIR: data.path, GATEWAY_CONFIG: file });
      const env = { GATEWAY_PORT: new URL(system.url).port };
      expect(commands[0]?.text).toBe(`npm run gateway -- check ${file}`);
      for (const { text, status } of commands) {
        const command = text.replaceAll('http://localhost:8000', system.url);
        expect([text, await outcomeOf(command, env)]).toEqual([text, status ?? 'success']);
      }
      await system.process.stop();
      data.remove();
    },
    120_000,
  );
});

/** `success`, the status code of the last response or of an explained refusal, or the output of a failure. */
async function outcomeOf(command: string, env: Readonly<Record<string, string>>): Promise<number | string> {
  const { code, stdout, stderr } = await runCommand(command, env);
  const [, refused] = /^result: refused: (\d{3}) /m.exec(stdout) ?? [];
  const status = /status (\d{3})\n$/.exec(stderr)?.[1] ?? refused;
  if (status !== undefined && !status.startsWith('2')) return Number(status);
  return code === 0 ? 'success' : stdout + stderr;
}

/** What an instance of the shop received. */
interface Received {
  readonly service: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const SERVICES = ['user-service', 'order-service', 'product-service'];
const LOCATION = '/products/8';

/** An instance that responds with what it received. */
async function startInstance(service: string): Promise<Server> {
  const server = createServer(({ url, headers }, response) => {
    response.writeHead(200, { 'content-type': 'application/json', location: LOCATION });
    response.end(JSON.stringify({ service, url, headers }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// Over sockets, and with clients at other addresses, which the page cannot show on one machine.
describe('the example policies', () => {
  const folder = tempDir('examples-');
  let instances: Server[];
  let gateway: AppProcess;

  beforeAll(async () => {
    cpSync(join(ROOT, FOLDER), folder.path, { recursive: true });
    instances = await Promise.all(SERVICES.map(startInstance));
  });
  afterEach(() => gateway.process.stop());
  afterAll(() => {
    for (const instance of instances) instance.close();
    folder.remove();
  });

  async function start(example: string, services: readonly string[] = SERVICES): Promise<void> {
    gateway = await startApp('gateway', {
      ...{ GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder.path },
      ...{ TRUSTED_PROXIES: '127.0.0.1', GATEWAY_CONFIG: join(folder.path, `${example}.yaml`) },
    });
    for (const name of services) {
      const { port } = instances[SERVICES.indexOf(name)]!.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const body = { id: name, name, url, version: '1.0.0', ttlSeconds: 300 };
      const { status } = await call(gateway.url, 'POST /discovery/register', { body });
      expect(status).toBe(201);
    }
  }

  async function startNext(received: string[]): Promise<Server> {
    const next = await startInstance('next');
    next.on('request', ({ url = '' }: { url?: string }) => received.push(url));
    const { port } = next.address() as AddressInfo;
    const body = { name: 'product-service-next', url: `http://127.0.0.1:${port}`, ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body });
    return next;
  }

  async function startCanary(): Promise<Server> {
    const canary = await startInstance('canary');
    const { port } = canary.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const body = { name: 'product-service', url, version: '1.1.0', ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body });
    return canary;
  }

  const send = (line: string, headers: Readonly<Record<string, string>> = {}) =>
    call(gateway.url, line, { headers });
  const statusOf = async (...request: Parameters<typeof send>): Promise<number> =>
    (await send(...request)).status;
  const receivedOf = async (...request: Parameters<typeof send>): Promise<Received> =>
    (await send(...request)).body as Received;

  it('of a public site are open for products, and for users only to staff in the office', async () => {
    await start('public-site');
    const key = { 'x-api-key': STAFF };
    const office = { 'x-forwarded-for': '10.1.2.3' };
    const outside = { 'x-forwarded-for': '203.0.113.9' };
    expect(await receivedOf('GET /api/site/products/7', outside)).toMatchObject({
      service: 'product-service',
      url: '/products/7',
    });
    expect(await receivedOf('GET /api/site/admin/users', { ...key, ...office })).toMatchObject({
      service: 'user-service',
      url: '/users',
    });
    const refused: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
      ['GET /api/site/admin/users', office, 401],
      ['GET /api/site/admin/users', { ...key, ...outside }, 403],
      ['GET /api/site/admin%2fusers', outside, 400],
      ['POST /api/site/products', { ...key, ...office }, 404],
      ['GET /api/user-service/users', office, 401],
      ['GET /api/user-service/users', { ...key, ...outside }, 403],
      ['DELETE /api/product-service/products/7', outside, 403],
    ];
    for (const [line, headers, status] of refused)
      expect([line, await statusOf(line, headers)]).toEqual([line, status]);
  });

  it('of partners require a key, and the scope of a key for changes', async () => {
    await start('partners');
    const [acme, globex] = [{ 'x-api-key': ACME }, { 'x-api-key': GLOBEX, 'x-partner': 'acme' }];
    const { headers } = await receivedOf('GET /api/order-service/orders', globex);
    expect([headers['x-partner'], headers['x-api-key']]).toEqual(['globex', undefined]);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const line = `${method} /api/order-service/orders/7`;
      expect([line, await statusOf(line), await statusOf(line, globex), await statusOf(line, acme)]).toEqual([
        ...[line, 401, 403, 200],
      ]);
    }
    expect(await statusOf('GET /api/order-service/orders')).toBe(401);
    expect(await statusOf('POST /api/product-service/products')).toBe(200);
    const { providers } = (await send('GET /policies')).body as {
      providers: readonly { keys: readonly { consumer: string; lastUsedAt: string | null }[] }[];
    };
    expect(providers[0]!.keys).toMatchObject(
      ['acme', 'globex'].map((consumer) => ({ consumer, lastUsedAt: expect.any(String) as string })),
    );
  });

  it('of a mobile app require a token, and limit each user for each service', async () => {
    await start('mobile-app');
    const [ann, ben] = ['ann', 'ben'].map((user) => ({ authorization: `Bearer ${tokenOf(user)}` }));
    const users = 'GET /api/user-service/users';
    expect(await statusOf(users)).toBe(401);
    const { headers } = await receivedOf(users, { ...ann, 'x-user-id': 'root' });
    expect(headers).toMatchObject({ 'x-user-id': 'ann', ...ann });
    for (let i = 0; i < 4; i++) expect(await statusOf(users, ann)).toBe(200);
    const limited = await send(users, ann);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^1[0-2]$/),
    ]);
    const others = await send(users, ben);
    expect([others.status, others.headers.get('ratelimit')]).toEqual([200, '"per-user";r=4;t=12']);
    expect(await statusOf('GET /api/order-service/orders', ann)).toBe(200);
    const products = 'GET /api/product-service/products';
    expect(await statusOf(products, { authorization: 'Bearer stale' })).toBe(401);
    for (const status of [200, 200, 200, 200, 200, 429]) expect(await statusOf(products)).toBe(status);
    expect(await statusOf(products, { 'x-forwarded-for': '203.0.113.9' })).toBe(200);
  });

  it('of maintenance show the page while the service is down, until they leave the file', async () => {
    await start('maintenance', ['product-service']);
    const { status, headers, body } = await send('POST /api/order-service/orders');
    expect([status, headers.get('retry-after'), headers.get('content-type')]).toEqual([
      503,
      '3600',
      'text/html; charset=utf-8',
    ]);
    expect(body).toBe(readText(`${FOLDER}/maintenance.html`));
    expect(await receivedOf('GET /api/product-service/products')).toMatchObject({
      service: 'product-service',
    });
    writeFileSync(join(folder.path, 'maintenance.yaml'), 'version: 1\n');
    await waitFor(
      'the end of the maintenance',
      async () => (await statusOf('GET /api/order-service/orders')) === 404,
    );
  });

  it('of a strangler send one prefix to two services', async () => {
    await start('strangler');
    for (const [path, service] of [
      ['/users/7?x', 'user-service'],
      ['/productsx', 'user-service'],
      ['/', 'user-service'],
      ['/products', 'product-service'],
      ['/products/7?x', 'product-service'],
    ]) {
      const { body, headers } = await send(`GET /api/shop${path}`);
      expect(body).toMatchObject({ service, url: path });
      expect(headers.get('location')).toBe(`/api/shop${LOCATION}`);
    }
  });

  it('of a canary keep clients on their version, and send previews to the new one', async () => {
    await start('canary');
    const products = 'GET /api/product-service/products';
    const preview = { 'x-preview': 'yes' };
    expect([await statusOf(products), await statusOf(products, preview)]).toEqual([200, 503]);
    const canary = await startCanary();
    await waitFor('the canary', async () => (await statusOf(products, preview)) === 200);
    expect(await receivedOf(products, preview)).toMatchObject({ service: 'canary' });
    // Clients without a cookie are distributed at random: some of them get the canary.
    const cookieOfCanary = await waitFor<string | false>('a client of the canary', async () => {
      const { body, headers } = await send(products);
      const [cookie = ''] = headers.get('set-cookie')!.split(';');
      return (body as Received).service === 'canary' && cookie;
    });
    for (let i = 0; i < 5; i++)
      expect(await receivedOf(products, { cookie: String(cookieOfCanary) })).toMatchObject({
        service: 'canary',
      });
    canary.close();
  });

  it('of a mirror send copies to the next service, whose responses no client gets', async () => {
    await start('mirror');
    const line = 'GET /api/product-service/products/7?x';
    expect(await receivedOf(line)).toMatchObject({ service: 'product-service' });
    const copies: string[] = [];
    const next = await startNext(copies);
    await waitFor('a copy', async () => {
      expect(await receivedOf(line)).toMatchObject({ service: 'product-service' });
      return copies.includes('/products/7?x');
    });
    next.close();
  });
});

import { ConsoleLogger, Logger } from '@nestjs/common';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { call, tempDir, waitFor } from '#testing';
import { createGateway, type EmbeddedGateway, type GatewayOptions } from './create-gateway.js';
import { currentLogger } from './host-logger.js';

const folder = tempDir('create-gateway-');
const gateways: EmbeddedGateway[] = [];
afterEach(() => Promise.all(gateways.splice(0).map((gateway) => gateway.close())));
afterAll(() => folder.remove());

async function start({ config, ...others }: GatewayOptions = {}): Promise<EmbeddedGateway> {
  const own = { GATEWAY_PORT: 0, GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR', DATA_DIR: folder.path };
  const gateway = await createGateway({ config: { ...own, ...config }, ...others });
  gateways.push(gateway);
  return gateway;
}

const body = { name: 'users', url: 'http://127.0.0.1:9', id: 'a', ttlSeconds: 300 };
const responding = { version: 1, services: { users: { respond: { status: 204 } } } } as const;
const statusOf = async ({ url }: EmbeddedGateway, path = '/api/users/1') =>
  (await call(url, `GET ${path}`)).status;

describe('createGateway', () => {
  it('starts gateways side by side, each with policies of its own', async () => {
    const [first, second] = [await start({ policies: responding }), await start()];
    for (const { url } of [first, second]) await call(url, 'POST /discovery/register', { body });
    expect([await statusOf(first), await statusOf(second)]).toEqual([204, 502]);
    expect(first.url).not.toBe(second.url);
    expect(first.adminUrl).toBeUndefined();
    await first.close();
    await expect(statusOf(first)).rejects.toThrow();
    expect(await statusOf(second, '/health')).toBe(200);
  });

  it('has a URL for operators with ADMIN_PORT', async () => {
    const { url, adminUrl } = await start({ config: { ADMIN_PORT: 0 } });
    expect((await call(url, 'GET /metrics')).status).toBe(404);
    expect((await call(adminUrl!, 'GET /metrics')).status).toBe(200);
  });

  it('reloads a policy file when it changes', async () => {
    const path = join(folder.path, 'gateway.yaml');
    writeFileSync(path, 'version: 1\n');
    const gateway = await start({ policies: path });
    await call(gateway.url, 'POST /discovery/register', { body });
    expect(await statusOf(gateway)).toBe(502);
    writeFileSync(path, JSON.stringify(responding));
    await waitFor('the reload', async () => (await statusOf(gateway)) === 204);
  });

  describe('close', () => {
    /** A service that responds to no request. */
    const service = createServer(() => undefined).listen(0, '127.0.0.1');
    afterAll(() => service.close().closeAllConnections());
    const hanging = () => ({
      ...body,
      url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    });

    it.each(['wire', 'node'] as const)(
      'cuts off requests in flight after closeTimeout, on the %s data plane',
      async (plane) => {
        const gateway = await start({ config: { DATA_PLANE: plane, ADMIN_PORT: 0 }, closeTimeout: 200 });
        const adminUrl = gateway.adminUrl!;
        await call(adminUrl, 'POST /discovery/register', { body: hanging() });
        let received = 0;
        service.on('request', ({ url }: IncomingMessage) => {
          // Not the health checks.
          if (url === '/1') received += 1;
        });
        const requests = [gateway.url, adminUrl].map((url) =>
          call(url, 'GET /api/users/1').catch(() => 'cut off'),
        );
        await waitFor('both requests', () => received === 2);
        const startedAt = performance.now();
        await gateway.close();
        expect(performance.now() - startedAt).toBeGreaterThan(190);
        expect(await Promise.all(requests)).toEqual(['cut off', 'cut off']);
      },
    );

    it.each(['wire', 'node'] as const)(
      'ends event streams, later ones as well, on the %s data plane',
      async (plane) => {
        const late: ServerResponse[] = [];
        const beginStream = (response: ServerResponse) =>
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
        const streams = createServer(({ url }, response) => {
          if (url === '/late') late.push(response);
          else beginStream(response);
        }).listen(0, '127.0.0.1');
        await once(streams, 'listening');
        const gateway = await start({ config: { DATA_PLANE: plane }, closeTimeout: Infinity });
        const { port } = streams.address() as AddressInfo;
        const instance = { ...body, url: `http://127.0.0.1:${port}` };
        await call(gateway.url, 'POST /discovery/register', { body: instance });
        const texts = ['/late', '/now'].map(async (path) =>
          (await fetch(`${gateway.url}/api/users${path}`)).text(),
        );
        await waitFor('the late request', () => late.length === 1);
        const closed = gateway.close();
        expect(await texts[1]).toBe('data: 1\n\n');
        late.forEach(beginStream);
        expect(await texts[0]).toBe('data: 1\n\n');
        await closed;
        streams.close();
      },
    );

    it('does not wait for an idle keep-alive connection', async () => {
      const gateway = await start({ closeTimeout: Infinity });
      const agent = new Agent({ keepAlive: true });
      const idle = await new Promise<Socket>((resolve) =>
        get(`${gateway.url}/health`, { agent }, (response) => {
          const { socket } = response;
          response.resume().on('end', () => resolve(socket));
        }),
      );
      const ended = once(idle, 'close');
      await gateway.close();
      await ended;
      agent.destroy();
    });

    it.each([-1, 0.5, NaN, 2 ** 31, '1'])('refuses the closeTimeout %p', async (closeTimeout) => {
      await expect(start({ closeTimeout: closeTimeout as number })).rejects.toThrow(
        'gateway: closeTimeout must be from 0 to 2147483647 ms, or Infinity',
      );
    });
  });

  describe('with a mounted server', () => {
    const servers: Server[] = [];
    afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

    async function listen(handle: RequestListener): Promise<Server> {
      const server = createServer(handle).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      return server;
    }
    const portOf = (server: Server): number => (server.address() as AddressInfo).port;

    it('passes requests to it without a socket, under every name', async () => {
      const server = await listen((request, response) => response.end(`at ${request.url}`));
      const accepted = jest.fn();
      server.on('connection', accepted);
      const gateway = await start();
      await gateway.mount(server, { name: 'users', id: 'users-here' });
      const { id } = await gateway.mount(server, { name: 'orders', weight: 5 });
      for (const name of ['users', 'orders'])
        expect((await call(gateway.url, `GET /api/${name}/7`)).body).toBe('at /7');
      const { body: listed } = await call(gateway.url, 'GET /discovery/services');
      const url = `http://127.0.0.1:${portOf(server)}`;
      expect(listed).toMatchObject([
        { id: 'users-here', name: 'users', url, transport: 'local' },
        { id, name: 'orders', weight: 5, transport: 'local' },
      ]);
      expect(accepted).not.toHaveBeenCalled();
    });

    it('shares requests among it and an instance elsewhere, until one of them leaves', async () => {
      const [here, there] = [
        await listen((_, response) => response.end('here')),
        await listen((_, response) => response.end('there')),
      ];
      const gateway = await start();
      const mounted = await gateway.mount(here, { name: 'users' });
      const elsewhere = { name: 'users', url: `http://127.0.0.1:${portOf(there)}`, id: 'elsewhere' };
      await call(gateway.url, 'POST /discovery/register', { body: elsewhere });
      const seen = new Set<unknown>();
      const request = async (): Promise<unknown> => (await call(gateway.url, 'GET /api/users/')).body;
      await waitFor('both', async () => seen.add(await request()).size === 2);
      await call(gateway.url, `POST /discovery/services/${mounted.id}/drain`);
      for (let i = 0; i < 10; i += 1) expect(await request()).toBe('there');
      await call(gateway.url, `DELETE /discovery/services/${mounted.id}/drain`);
      await call(gateway.url, 'POST /discovery/services/elsewhere/drain');
      for (let i = 0; i < 10; i += 1) expect(await request()).toBe('here');
      await mounted.unmount();
      expect(await statusOf(gateway)).toBe(503);
    });

    it('keeps its lease', async () => {
      const gateway = await start();
      const server = await listen((_, response) => response.end());
      const { id } = await gateway.mount(server, { name: 'users' });
      const expiry = async (): Promise<string> =>
        ((await call(gateway.url, `GET /discovery/services/${id}`)).body as { expiresAt: string }).expiresAt;
      const first = await expiry();
      await waitFor('a heartbeat', async () => (await expiry()) > first);
    });

    it('refuses a server that does not listen, and invalid options', async () => {
      const gateway = await start();
      await expect(gateway.mount(createServer(), { name: 'users' })).rejects.toThrow('must listen at a port');
      const server = await listen((_, response) => response.end());
      await expect(gateway.mount(server, { name: 'Not a name' })).rejects.toThrow(
        /: name must match .*; id must /,
      );
    });
  });

  it('leaves signals to the program', async () => {
    const before = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGUSR2'].map((name) => process.listenerCount(name));
    await start({ policies: responding });
    const during = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGUSR2'].map((name) => process.listenerCount(name));
    expect(during).toEqual(before);
  });

  it('names every wrong setting and every problem of the policies', async () => {
    const config = { GATEWAY_PORT: 70_000, ADMIN_PORT: true } as const;
    await expect(start({ config })).rejects.toThrow(/^gateway: .*GATEWAY_PORT must be .*ADMIN_PORT must be /);
    const policies = { version: 1, services: { users: { retries: {}, hedge: { after: 5 } } } } as const;
    // @ts-expect-error -- members that a policy file has not
    await expect(start({ policies })).rejects.toThrow(/policies: .*policies: services\.users\.hedge\.after/);
  });

  it('refuses policies together with GATEWAY_CONFIG, unless it is empty', async () => {
    const path = join(folder.path, 'policies.yaml');
    writeFileSync(path, JSON.stringify(responding));
    const nameFile = join(folder.path, 'name');
    writeFileSync(nameFile, path);
    for (const policies of [responding, path]) {
      for (const config of [{ GATEWAY_CONFIG: path }, { GATEWAY_CONFIG_FILE: nameFile }])
        await expect(start({ config, policies })).rejects.toThrow(
          'policies must not be set together with GATEWAY_CONFIG',
        );
      const gateway = await start({ config: { GATEWAY_CONFIG: '', GATEWAY_CONFIG_FILE: '' }, policies });
      await call(gateway.url, 'POST /discovery/register', { body });
      expect(await statusOf(gateway)).toBe(204);
    }
  });

  describe('in a Nest program', () => {
    const before = currentLogger();
    afterEach(() => {
      Logger.overrideLogger(before ?? false);
    });

    it.each([new ConsoleLogger('host'), false])('leaves its logger as it is: %#', async (logger) => {
      Logger.overrideLogger(logger);
      const expected = logger || undefined;
      await start();
      expect(currentLogger()).toBe(expected);
      await Promise.all([start(), start()]);
      expect(currentLogger()).toBe(expected);
      const { url } = await start();
      const taken = { GATEWAY_PORT: new URL(url).port };
      await Promise.allSettled([start({ config: taken }), start()]);
      expect(currentLogger()).toBe(expected);
    });
  });

  it('says why it cannot listen', async () => {
    const { url } = await start();
    const config = { GATEWAY_PORT: new URL(url).port };
    await expect(start({ config })).rejects.toThrow('gateway: the port is already taken');
  });

  it('refuses names that are no settings', () => {
    // @ts-expect-error -- a misspelt name
    const options: GatewayOptions = { config: { GATEWAY_PRT: 0 } };
    const inherited: GatewayOptions = { config: { ...process.env, GATEWAY_PORT: 0 } };
    expect([options, inherited]).toHaveLength(2);
  });
});

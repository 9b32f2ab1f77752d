import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

const require = createRequire(import.meta.url);
const TOKEN = 'a-registry-token-of-a-test';

let backend: Server;
let port: number;

beforeAll(async () => {
  backend = createServer((_request, response) => response.end('from the client')).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  port = (backend.address() as AddressInfo).port;
});
afterAll(() => backend.close());

const statusAt = async (gateway: GatewayUnderTest, name: string): Promise<number> =>
  (await gateway.get(`/api/${name}/`)).status;

interface EurekaClient {
  start(done: (error?: Error) => void): void;
  stop(done: (error?: Error) => void): void;
  fetchRegistry(done: (error?: Error) => void): void;
  getInstancesByAppId(app: string): { readonly instanceId: string; readonly port: { readonly $: number } }[];
  getInstancesByVipAddress(vip: string): unknown[];
}

interface Delta {
  readonly applications: {
    readonly apps__hashcode: string;
    readonly application: readonly {
      readonly name: string;
      readonly instance: readonly { readonly actionType: string; readonly instanceId: string }[];
    }[];
  };
}

const finished = (run: (done: (error?: Error) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

interface ConsulClient {
  readonly agent: {
    readonly service: {
      register(service: object): Promise<void>;
      deregister(id: string): Promise<void>;
      list(): Promise<Record<string, { Service: string; Tags: string[]; Port: number }>>;
    };
    readonly check: Record<'pass' | 'fail' | 'warn', (id: string) => Promise<void>>;
  };
  readonly catalog: { readonly service: { list(): Promise<Record<string, string[]>> } };
  readonly health: { service(query: object): Promise<unknown[]> };
  destroy(): void;
}

/** The client has the full list, and follows a service that joins and leaves by deltas alone. */
async function expectDeltaToFollow(gateway: GatewayUnderTest, client: EurekaClient): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`eureka:${TOKEN}`).toString('base64')}`,
  };
  const instance = { hostName: '127.0.0.1', port: { $: port, '@enabled': 'true' }, vipAddress: 'late' };
  const body = JSON.stringify({ instance });
  await gateway.call('POST', '/eureka/apps/LATE', { headers, body });
  await finished((done) => client.fetchRegistry(done));
  expect(client.getInstancesByAppId('LATE')).toHaveLength(1);
  await gateway.call('DELETE', '/eureka/apps/LATE/127.0.0.1', { headers });
  await finished((done) => client.fetchRegistry(done));
  expect(client.getInstancesByAppId('LATE')).toEqual([]);
}

describe.each([
  ['without a token', {}],
  ['with a token', { REGISTRY_TOKEN: TOKEN }],
])('a gateway for clients of Eureka and Consul, %s', (_what, env: { REGISTRY_TOKEN?: string }) => {
  let gateway: GatewayUnderTest;
  let consul: ConsulClient;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ REGISTRY_COMPATIBILITY: 'eureka,consul', ...env });
    const Consul = require('consul') as new (options: object) => ConsulClient;
    consul = new Consul({
      host: '127.0.0.1',
      port: Number(new URL(gateway.url).port),
      defaults: { token: TOKEN },
    });
  });
  afterAll(async () => {
    consul.destroy();
    await gateway.stop();
  });

  it('registers an instance by eureka-js-client, forwards to it, and lets it leave', async () => {
    const { Eureka } = require('eureka-js-client') as { Eureka: new (options: object) => EurekaClient };
    const silent = (): void => undefined;
    const quiet = { warn: silent, info: silent, debug: silent, error: silent };
    const client = new Eureka({
      instance: {
        app: 'Billing-Service',
        hostName: 'localhost',
        ipAddr: '127.0.0.1',
        port: { $: port, '@enabled': true },
        vipAddress: 'billing.example',
        dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
        metadata: { weight: 7, version: '3.1.0', zone: 'a' },
      },
      eureka: {
        serviceUrls: {
          default: [`http://eureka:${TOKEN}@127.0.0.1:${new URL(gateway.url).port}/eureka/apps/`],
        },
        heartbeatInterval: 100,
        registryFetchInterval: 60_000,
      },
      shouldUseDelta: true,
      logger: quiet,
    });
    await finished((done) => client.start(done));
    expect(await gateway.get('/api/billing-service/')).toMatchObject({
      status: 200,
      body: 'from the client',
    });
    const [instance] = (await gateway.get('/discovery/services?name=billing-service')).body as object[];
    expect(instance).toMatchObject({ ttlSeconds: 90, weight: 7, version: '3.1.0', metadata: { zone: 'a' } });
    await finished((done) => client.fetchRegistry(done));
    expect(client.getInstancesByAppId('BILLING-SERVICE')).toMatchObject([
      { instanceId: 'localhost', port: { $: port } },
    ]);
    expect(client.getInstancesByVipAddress('billing.example')).toHaveLength(1);
    await expectDeltaToFollow(gateway, client);
    const { lastHeartbeatAt } = instance as { lastHeartbeatAt: string };
    await until(async () => {
      const [later] = (await gateway.get('/discovery/services?name=billing-service')).body as object[];
      return (later as { lastHeartbeatAt: string }).lastHeartbeatAt > lastHeartbeatAt;
    });
    await finished((done) => client.stop(done));
    expect(await statusAt(gateway, 'billing-service')).toBe(503);
  });

  it('registers an instance by consul, follows its TTL check, and lets it leave', async () => {
    await consul.agent.service.register({
      name: 'Search',
      id: 'search:1/a',
      address: '127.0.0.1',
      port,
      tags: ['fast', 'new'],
      meta: { zone: 'b' },
      check: { ttl: '10s' },
    });
    expect(await statusAt(gateway, 'search')).toBe(503);
    await consul.agent.check.pass('service:search:1/a');
    expect(await gateway.get('/api/search/')).toMatchObject({ status: 200, body: 'from the client' });
    expect(await consul.agent.service.list()).toMatchObject({
      'search:1/a': { Service: 'search', Tags: ['fast', 'new'], Port: port, Meta: { zone: 'b' } },
    });
    expect(await consul.catalog.service.list()).toEqual({ search: ['fast', 'new'] });
    expect(await consul.health.service({ service: 'search', passing: true })).toHaveLength(1);
    await consul.agent.check.fail('service:search:1/a');
    expect(await statusAt(gateway, 'search')).toBe(503);
    expect(await consul.health.service({ service: 'search', passing: true })).toEqual([]);
    await consul.agent.check.warn('service:search:1/a');
    expect(await statusAt(gateway, 'search')).toBe(200);
    await consul.agent.service.deregister('search:1/a');
    expect(await statusAt(gateway, 'search')).toBe(503);
    await expect(consul.agent.service.deregister('search:1/a')).rejects.toThrow();
  });

  it('refuses writes of web pages on this machine and writes with a wrong token', async () => {
    const headers = {
      'content-type': 'application/json',
      origin: 'http://evil.example',
      'x-consul-token': 'wrong',
      authorization: `Basic ${Buffer.from('eureka:wrong').toString('base64')}`,
    };
    const status = env.REGISTRY_TOKEN ? 401 : 403;
    const body = JSON.stringify({ Name: 'a', Address: '127.0.0.1', Port: port });
    const put = await gateway.call('PUT', '/v1/agent/service/register', { headers, body });
    expect(put.status).toBe(status);
    expect((await gateway.call('POST', '/eureka/apps/A', { headers, body: '{}' })).status).toBe(status);
    for (const path of ['/v1/agent/check/pass/a', '/v1/agent/service/deregister/a', '/eureka/apps/A/a'])
      expect((await gateway.call('PUT', path, { headers, body: '{}' })).status).toBe(status);
  });
});

describe('a gateway for clients of Eureka and Consul', () => {
  let gateway: GatewayUnderTest;
  beforeAll(
    async () => void (gateway = await GatewayUnderTest.start({ REGISTRY_COMPATIBILITY: 'eureka,consul' })),
  );
  afterAll(() => gateway.stop());

  const send = (method: string, path: string, body?: unknown) =>
    gateway.call(method, path, {
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  const instance = (more: object = {}) => ({
    instance: { hostName: '127.0.0.1', instanceId: 'a:1', port: { $: port, '@enabled': 'true' }, ...more },
  });

  it('keeps an instance of Eureka out of rotation until it reports UP', async () => {
    expect((await send('POST', '/eureka/v2/apps/STARTER', instance({ status: 'STARTING' }))).status).toBe(
      204,
    );
    expect(await statusAt(gateway, 'starter')).toBe(503);
    expect((await send('PUT', '/eureka/v2/apps/STARTER/a:1?status=UP')).status).toBe(200);
    expect(await statusAt(gateway, 'starter')).toBe(200);
    expect((await send('PUT', '/eureka/apps/STARTER/a:1/status?value=OUT_OF_SERVICE')).status).toBe(200);
    expect(await statusAt(gateway, 'starter')).toBe(503);
    expect((await send('DELETE', '/eureka/apps/STARTER/a:1/status?value=UP')).status).toBe(200);
    expect(await statusAt(gateway, 'starter')).toBe(200);
    expect((await send('GET', '/eureka/apps/STARTER/a:1')).body).toMatchObject({
      instance: { instanceId: 'a:1', status: 'UP', app: 'STARTER' },
    });
    expect((await send('GET', '/eureka/apps/')).body).toMatchObject({
      applications: { apps__hashcode: 'UP_1_', application: [{ name: 'STARTER' }] },
    });
    expect((await send('DELETE', '/eureka/apps/STARTER/a:1')).status).toBe(200);
    expect((await send('PUT', '/eureka/apps/STARTER/a:1')).status).toBe(404);
  });

  it('has changed and deleted instances in the delta of Eureka, with the hash code of all', async () => {
    await send('POST', '/eureka/apps/KEPT', instance());
    await send('POST', '/eureka/apps/GONE', instance());
    await send('DELETE', '/eureka/apps/GONE/a:1');
    const { applications } = (await send('GET', '/eureka/apps/delta')).body as Delta;
    const changes = applications.application.flatMap(({ name, instance: all }) =>
      all.map(({ actionType, instanceId }) => [name, actionType, instanceId]),
    );
    expect(changes.slice(-2)).toEqual([
      ['KEPT', 'MODIFIED', 'a:1'],
      ['GONE', 'DELETED', 'a:1'],
    ]);
    expect(applications.apps__hashcode).toBe('UP_1_');
    await send('DELETE', '/eureka/apps/KEPT/a:1');
  });

  it('uses the address of an instance of Eureka whose host name does not resolve', async () => {
    const body = instance({ hostName: 'no-such-host.invalid', ipAddr: '127.0.0.1' });
    expect((await send('POST', '/eureka/apps/NAMELESS', body)).status).toBe(204);
    expect(await statusAt(gateway, 'nameless')).toBe(200);
    await send('DELETE', '/eureka/apps/NAMELESS/a:1');
  });

  it('keeps instances of two apps apart that share an instance id', async () => {
    await send('POST', '/eureka/apps/ONE', instance());
    await send('POST', '/eureka/apps/TWO', instance());
    expect([await statusAt(gateway, 'one'), await statusAt(gateway, 'two')]).toEqual([200, 200]);
    for (const app of ['ONE', 'TWO']) await send('DELETE', `/eureka/apps/${app}/a:1`);
  });

  it('finds a TTL check by the id that the client chose', async () => {
    const check = { CheckID: 'own check', TTL: '15s' };
    await send('PUT', '/v1/agent/service/register', {
      Name: 'papers',
      Address: '127.0.0.1',
      Port: port,
      Checks: [check],
    });
    expect((await send('PUT', '/v1/agent/check/update/own%20check', { Status: 'passing' })).status).toBe(200);
    expect(await statusAt(gateway, 'papers')).toBe(200);
    expect((await send('PUT', '/v1/agent/check/pass/unknown')).status).toBe(404);
    await send('PUT', '/v1/agent/service/deregister/papers');
  });

  it('finds a TTL check by its whole id, and no check that has been removed', async () => {
    const register = (id: string, more: object) =>
      send('PUT', '/v1/agent/service/register', {
        Name: 'web',
        ID: id,
        Address: '127.0.0.1',
        Port: port,
        ...more,
      });
    const pass = async (check: string) => (await send('PUT', `/v1/agent/check/pass/${check}`)).status;
    const ttl = { TTL: '15s' };
    await register('web', { Check: ttl });
    await register('web:1', { Check: ttl });
    await register('many', { Checks: [{ HTTP: `http://127.0.0.1:${port}/` }, ttl, ttl] });
    expect(
      await Promise.all(['service:web', 'service:web:1', 'service:many:2', 'service:many:3'].map(pass)),
    ).toEqual(Array(4).fill(200));
    expect(await Promise.all(['service:many', 'service:many:1', 'service:web:2'].map(pass))).toEqual(
      Array(3).fill(404),
    );
    await send('PUT', '/v1/agent/service/deregister/web:1');
    expect(await pass('service:web:1')).toBe(404);
    await register('web', {});
    expect(await pass('service:web')).toBe(404);
    for (const id of ['web', 'many']) await send('PUT', `/v1/agent/service/deregister/${id}`);
  });

  it('revives a TTL check whose lease expired with the next report', async () => {
    const service = {
      Name: 'late',
      Address: '127.0.0.1',
      Port: port,
      Check: { TTL: '2s', Status: 'passing' },
    };
    await send('PUT', '/v1/agent/service/register', service);
    await until(async () => {
      const { body } = await gateway.get('/discovery/services/late');
      return (body as { expiredAt?: string }).expiredAt !== undefined;
    });
    expect((await send('PUT', '/v1/agent/check/pass/service:late')).status).toBe(200);
    expect(await statusAt(gateway, 'late')).toBe(200);
    await send('PUT', '/v1/agent/service/deregister/late');
  });

  it('renews the lease of a service without a TTL check, as an agent does', async () => {
    const Check = { HTTP: `http://127.0.0.1:${port}/healthz`, DeregisterCriticalServiceAfter: '2s' };
    await send('PUT', '/v1/agent/service/register', {
      Name: 'kept',
      Address: '127.0.0.1',
      Port: port,
      Check,
    });
    const expiry = async () => {
      const { body } = await gateway.get('/discovery/services/kept');
      return (body as { expiresAt: string; healthPath: string }).expiresAt;
    };
    const first = Date.parse(await expiry());
    await until(async () => Date.parse(await expiry()) > first + 2000, 10_000);
    expect((await gateway.get('/discovery/services/kept')).body).toMatchObject({ healthPath: '/healthz' });
    await send('PUT', '/v1/agent/service/deregister/kept');
  });

  it.each([
    ['POST', '/eureka/apps/A', {}],
    ['POST', '/eureka/apps/A', { instance: [] }],
    ['POST', '/eureka/apps/A', { instance: { hostName: { a: 1 }, port: 1 } }],
    ['POST', '/eureka/apps/A', { instance: { hostName: 'a@b', port: 1 } }],
    ['POST', '/eureka/apps/A', { instance: { hostName: '127.0.0.1/x', port: 1 } }],
    ['POST', '/eureka/apps/A', { instance: { hostName: '127.0.0.1', port: 70_000 } }],
    ['POST', '/eureka/apps/A', { instance: { hostName: '127.0.0.1', port: { $: 1, '@enabled': 'false' } } }],
    ['POST', '/eureka/apps/A', { instance: { hostName: '169.254.169.254', port: 80 } }],
    ['POST', '/eureka/apps/A_B', { instance: { hostName: '127.0.0.1', port: 80 } }],
    [
      'POST',
      '/eureka/apps/A',
      { instance: { hostName: '127.0.0.1', port: 80, metadata: { a: 'b'.repeat(257) } } },
    ],
    ['PUT', '/v1/agent/service/register', {}],
    ['PUT', '/v1/agent/service/register', { Name: 7, Port: 1 }],
    ['PUT', '/v1/agent/service/register', { Name: 'a', Port: '-1' }],
    ['PUT', '/v1/agent/service/register', { Name: 'a', Port: 1, Address: 'x#y' }],
    [
      'PUT',
      '/v1/agent/service/register',
      { Name: 'a', Port: 1, Address: '127.0.0.1', Check: { TTL: 'soon' } },
    ],
    [
      'PUT',
      '/v1/agent/service/register',
      { Name: 'a', Port: 1, Address: '127.0.0.1', Meta: { 'gateway.internal-paths': 'x' } },
    ],
    [
      'PUT',
      '/v1/agent/service/register',
      { Name: 'a', Port: 1, Address: '127.0.0.1', Check: { TTL: '9s', CheckID: 'a,b' } },
    ],
    ['PUT', '/v1/agent/check/update/a', { Status: 'fine' }],
  ])('%s %s refuses %j', async (method, path, body) => {
    expect((await send(method, path, body)).status).toBe(400);
    expect((await gateway.get('/discovery/services')).body).toEqual([]);
  });

  it('accepts JSON only', async () => {
    const headers = { 'content-type': 'application/xml' };
    const response = await gateway.call('POST', '/eureka/apps/A', { headers, body: '<instance/>' });
    expect(response.status).toBe(415);
  });
});

it('a gateway without REGISTRY_COMPATIBILITY has none of these paths', async () => {
  const gateway = await GatewayUnderTest.start();
  for (const path of ['/eureka/apps', '/v1/agent/services', '/v1/catalog/services'])
    expect((await gateway.get(path)).status).toBe(404);
  await gateway.stop();
});

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiscoveryEvent, InstanceView } from '#contracts';
import { freePort, onPrograms, startDnsmasq, type TestDns } from '#testing';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';
import { dnsLookup } from './dns-lookup.js';

const A = '127.0.0.2';
const B = '127.0.0.3';
const C = '127.0.0.4';

/** Servers on addresses of this machine, with one port; each responds with its address and the request's `Host`. */
class Backends {
  readonly servers = new Map<string, Server>();
  port = 0;

  async start(...addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const server = createServer(({ headers }, response) => response.end(`${address} ${headers.host}`));
      server.listen(this.port, address);
      await once(server, 'listening');
      this.port = (server.address() as AddressInfo).port;
      this.servers.set(address, server);
    }
  }

  stop(...addresses: readonly string[]): void {
    for (const address of addresses) {
      this.servers.get(address)?.close();
      this.servers.get(address)?.closeAllConnections();
    }
  }
}

const srv = (name: string, host: string, port: number, priority: number, weight: number): string =>
  `srv-host=${name},${host},${port},${priority},${weight}`;

onPrograms(['dnsmasq'], 'a gateway with DNS names in its instances file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dns-'));
  const path = join(folder, 'instances.json');
  const write = (content: unknown): void => writeFileSync(path, JSON.stringify(content));
  const backends = new Backends();
  let dns: TestDns;
  let gateway: GatewayUnderTest;
  let logged: jest.SpyInstance;

  beforeAll(async () => {
    dns = await startDnsmasq([]);
    await backends.start(A, B, C);
    write([]);
    gateway = await GatewayUnderTest.start({ INSTANCES_FILE: path, DNS_SERVERS: dns.server });
    logged = jest.spyOn(gateway.app.logger, 'error');
  });
  afterAll(async () => {
    await gateway.stop();
    backends.stop(A, B, C);
    await dns.stop();
    rmSync(folder, { recursive: true });
  });

  const instancesOf = async (service: string): Promise<readonly InstanceView[]> =>
    (await gateway.get(`/discovery/services?name=${service}`)).body as InstanceView[];
  const upOf = async (service: string): Promise<string[]> =>
    (await instancesOf(service)).filter(({ status }) => status === 'up').map(({ id }) => id);
  const idOf = (service: string, address: string): string => `${service}-at-${address}-${backends.port}`;
  const eventsOf = async (service: string): Promise<DiscoveryEvent[]> =>
    ((await gateway.get('/discovery/events?since=0')).body as DiscoveryEvent[]).filter(
      (event) => event.service === service,
    );
  /** The addresses that respond to some requests. */
  async function reachedBy(service: string): Promise<string[]> {
    const bodies = await Promise.all(Array.from({ length: 20 }, () => gateway.get(`/api/${service}/`)));
    return [...new Set(bodies.map(({ body }) => String(body).split(' ')[0]!))].sort();
  }

  it('has one instance for each address of a name, which follow the name', async () => {
    await dns.serve([`host-record=users.test,${A}`, `host-record=users.test,${B}`]);
    write([{ name: 'users', url: `dns://users.test:${backends.port}`, metadata: { zone: 'a' } }]);
    await until(async () => (await upOf('users')).length === 2);
    expect(await reachedBy('users')).toEqual([A, B]);
    expect((await gateway.get('/api/users/')).body).toContain(` users.test:${backends.port}`);
    expect(await instancesOf('users')).toMatchObject(
      [A, B].map((address) => ({
        id: idOf('users', address),
        url: `http://users.test:${backends.port}`,
        metadata: { zone: 'a', static: 'true', source: 'dns' },
      })),
    );

    await dns.serve([`host-record=users.test,${B}`, `host-record=users.test,${C}`]);
    await until(async () => (await upOf('users')).join() === [B, C].map((at) => idOf('users', at)).join());
    expect(await reachedBy('users')).toEqual([B, C]);
    await until(async () => (await instancesOf('users')).length === 2, 15_000);
    const left = (await eventsOf('users')).filter(({ instanceId }) => instanceId === idOf('users', A));
    expect(left.slice(-2)).toMatchObject([
      { type: 'draining', reason: `users.test has no address ${A} any more` },
      { type: 'unregistered' },
    ]);
  });

  it('keeps the instances of the last answer while DNS fails, and says so once', async () => {
    await dns.serve([`host-record=kept.test,${A}`, `host-record=kept.test,${B}`]);
    write([{ name: 'kept', url: `dns://kept.test:${backends.port}` }]);
    await until(async () => (await upOf('kept')).length === 2);
    await dns.stop();
    const failures = async () => (await eventsOf('kept')).filter(({ type }) => type === 'dns-failed');
    await until(async () => (await failures()).length > 0, 15_000);
    expect(await failures()).toMatchObject([
      { reason: expect.stringMatching(/^look-up of kept\.test failed \(E\w+\); instances .* stay: 2$/) },
    ]);
    expect(await upOf('kept')).toHaveLength(2);
    expect(await reachedBy('kept')).toEqual([A, B]);
    expect(logged.mock.calls.flat().filter((text) => String(text).includes('kept.test'))).toHaveLength(1);

    await dns.serve([`host-record=kept.test,${C}`]);
    await until(async () => (await upOf('kept')).join() === idOf('kept', C), 15_000);
  });

  it('takes host, port, weight and priority from SRV records', async () => {
    const name = '_http._tcp.shop.test';
    await dns.serve([
      `host-record=a.shop.test,${A}`,
      `host-record=b.shop.test,${B}`,
      `host-record=c.shop.test,${C}`,
      srv(name, 'a.shop.test', backends.port, 10, 60),
      srv(name, 'b.shop.test', backends.port, 10, 20),
      srv(name, 'c.shop.test', backends.port, 20, 5),
    ]);
    write([{ name: 'shop', url: `dns+srv://${name}` }]);
    await until(async () => (await upOf('shop')).length === 3);
    const found = (await instancesOf('shop')).map(({ url, weight, metadata }) => [
      url,
      weight,
      metadata.priority,
    ]);
    expect(found).toEqual([
      [`http://a.shop.test:${backends.port}`, 60, '10'],
      [`http://b.shop.test:${backends.port}`, 20, '10'],
      [`http://c.shop.test:${backends.port}`, 0, '20'],
    ]);
    expect(await reachedBy('shop')).not.toContain(C);

    backends.stop(A, B);
    await until(async () => (await upOf('shop')).length === 1);
    await until(async () => (await reachedBy('shop')).join() === C);
    await backends.start(A, B);
    await until(async () => (await reachedBy('shop')).join() === `${A},${B}`, 15_000);
  });

  it('refuses addresses that instances may not have', async () => {
    await dns.serve(['host-record=meta.test,169.254.169.254']);
    write([{ name: 'meta', url: 'dns://meta.test:80' }]);
    await until(() => logged.mock.calls.flat().some((text) => String(text).includes('is link-local')));
    expect(await instancesOf('meta')).toEqual([]);
  });
});

onPrograms(['dnsmasq'], 'a look-up', () => {
  let dns: TestDns;
  afterEach(() => dns.stop());

  const named = (name: string, port?: number) => ({ name, port, scheme: 'http' }) as const;

  it.each([
    [0, 1000],
    [7, 7000],
    [3600, 60_000],
  ])('of records with a TTL of %i s holds for %i ms', async (ttlSeconds, ttlMs) => {
    dns = await startDnsmasq([`host-record=users.test,${A}`], ttlSeconds);
    expect(await dnsLookup([dns.server])(named('users.test', 80))).toEqual({
      addresses: [{ host: 'users.test', address: A, port: 80, priority: 0, weight: undefined }],
      ttlMs,
    });
  });

  it('takes IPv6 addresses only of a name without IPv4 addresses', async () => {
    dns = await startDnsmasq([`host-record=both.test,${A},fd00::1`, 'host-record=six.test,fd00::2']);
    const addressesOf = async (name: string) =>
      (await dnsLookup([dns.server])(named(name, 80))).addresses.map(({ address }) => address);
    expect([await addressesOf('both.test'), await addressesOf('six.test')]).toEqual([[A], ['fd00::2']]);
  });

  it('of a name that does not exist has no addresses, and of one that is refused fails', async () => {
    dns = await startDnsmasq([]);
    const lookup = dnsLookup([dns.server]);
    expect(await lookup(named('none.test', 80))).toEqual({ addresses: [], ttlMs: 5000 });
    expect(await lookup(named('_http._tcp.none.test'))).toEqual({ addresses: [], ttlMs: 5000 });
    await expect(lookup(named('users.example', 80))).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('fails if no server responds', async () => {
    dns = await startDnsmasq([]);
    const nothing = `127.0.0.1:${await freePort()}`;
    await expect(dnsLookup([nothing])(named('users.test', 80))).rejects.toThrow();
  });
});

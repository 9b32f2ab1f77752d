import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RouteTraffic, ServiceSummary } from '#contracts';
import { call, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { PLANES } from '../conformance/support/kinds.js';

const TENANTS = Array.from({ length: 100 }, (_, i) => `tenant-${i}`);
const [OLD, NEW] = ['1.0.0', '2.0.0'];

/** An instance that responds with its version. */
class VersionedInstance {
  private server: Server | undefined;
  private port = 0;

  constructor(
    readonly id: string,
    readonly version: string,
  ) {}

  get registration() {
    const { id, version, port } = this;
    return { id, version, name: 'users', url: `http://127.0.0.1:${port}`, ttlSeconds: 300 };
  }

  async start(): Promise<void> {
    this.server = createServer((_request, response) => void setTimeout(() => response.end(this.version), 5));
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** As when the process ends: connections break, and further ones are refused. */
  kill(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

describe.each(PLANES)('versions of a service behind two gateways (%s)', (plane) => {
  const folder = tempDir('versions-');
  const file = join(folder.path, 'gateway.yaml');
  const canary = new VersionedInstance('new', NEW);
  const instances = [new VersionedInstance('old-a', OLD), new VersionedInstance('old-b', OLD), canary];
  let gateways: readonly AppProcess[];

  const publish = (oldWeight: number, newWeight: number): void => {
    const text = `version: 1
services:
  users:
    traffic:
      versions: [{ version: ${OLD}, weight: ${oldWeight} }, { version: ${NEW}, weight: ${newWeight} }]
      cohort: header:x-tenant
routes:
  - name: preview
    match: { service: users, headers: { x-preview: "yes" } }
    traffic: { versions: [{ version: ${NEW}, weight: 1 }] }
`;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const send = (gateway: AppProcess, tenant: string, headers: Readonly<Record<string, string>> = {}) =>
    call(gateway.url, 'GET /api/users/', { headers: { 'x-tenant': tenant, ...headers } });
  const versionsAt = (gateway: AppProcess): Promise<unknown[]> =>
    Promise.all(TENANTS.map(async (tenant) => (await send(gateway, tenant)).body as unknown));
  const trafficAt = async (gateway: AppProcess): Promise<readonly RouteTraffic[]> => {
    const { body } = await call(gateway.url, 'GET /services');
    return (body as readonly ServiceSummary[]).find(({ name }) => name === 'users')!.traffic;
  };
  const sharesAt = async (gateway: AppProcess): Promise<readonly number[]> =>
    (await trafficAt(gateway))[0]!.versions.map(({ share }) => share);
  /** Waits until both gateways divide the requests by these shares. */
  const untilShares = (...shares: readonly number[]): Promise<unknown> =>
    waitFor(`the shares ${shares.join(' and ')}`, async () =>
      (await Promise.all(gateways.map(sharesAt))).every((each) => each.join() === shares.join()),
    );

  beforeAll(async () => {
    publish(90, 10);
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_PLANE: plane, GATEWAY_CONFIG: file };
    gateways = await Promise.all(
      ['a', 'b'].map((name) => startApp('gateway', { ...env, DATA_DIR: join(folder.path, name) })),
    );
    for (const instance of instances) await instance.start();
    for (const { url } of gateways)
      for (const { registration } of instances)
        await call(url, 'POST /discovery/register', { body: registration });
    await untilShares(0.9, 0.1);
  });
  afterAll(async () => {
    await Promise.all(gateways.map(({ process }) => process.stop()));
    for (const instance of instances) instance.kill();
    folder.remove();
  });

  it('keep their cohorts while weights grow, on both gateways alike', async () => {
    const [a, b] = gateways as [AppProcess, AppProcess];
    let before = await versionsAt(a);
    expect(await versionsAt(b)).toEqual(before);
    expect(new Set(before)).toEqual(new Set([OLD, NEW]));
    for (const weight of [30, 60]) {
      publish(100 - weight, weight);
      await untilShares(1 - weight / 100, weight / 100);
      const after = await versionsAt(a);
      expect(await versionsAt(b)).toEqual(after);
      expect(before.every((version, i) => version === OLD || after[i] === NEW)).toBe(true);
      const moved = after.filter((version, i) => version !== before[i]);
      expect(moved.length).toBeGreaterThan(5);
      before = after;
    }
  });

  it('are selected by a header field, by a route', async () => {
    const [gateway] = gateways as [AppProcess];
    for (const tenant of TENANTS.slice(0, 20))
      expect((await send(gateway, tenant, { 'x-preview': 'yes' })).body).toBe(NEW);
    const path = '/discovery/explain?path=/api/users/&header=x-preview:yes';
    const { body } = await call(gateway.url, `GET ${path}`);
    expect(body).toMatchObject({
      version: NEW,
      candidates: [{ id: 'new' }],
      attempts: [{ instance: 'new' }],
    });
    expect((await trafficAt(gateway))[1]).toEqual({
      route: 'preview',
      versions: [{ version: NEW, weight: 1, share: 1, instances: { total: 1, healthy: 1 } }],
    });
    const metrics = (await call(gateway.url, 'GET /metrics')).body as string;
    expect(metrics).toContain(
      'gateway_version_requests_total{service="users",route="preview",version="2.0.0",code="200"} 20\n',
    );
  });

  it('fail no GET when one dies while its cohorts use it, and return with it', async () => {
    const [gateway] = gateways as [AppProcess];
    const before = await versionsAt(gateway);
    const received: unknown[] = [];
    let isOver = false;
    const clients = TENANTS.slice(0, 16).map(async (tenant) => {
      while (!isOver) {
        const { status, body } = await send(gateway, tenant);
        received.push(status === 200 ? body : `${status}: ${JSON.stringify(body)}`);
      }
    });
    const receives = (count: number): Promise<unknown> => {
      const until = received.length + count;
      return waitFor('responses under load', () => received.length >= until);
    };
    await receives(200);
    canary.kill();
    await receives(400);
    isOver = true;
    await Promise.all(clients);
    expect(new Set(received)).toEqual(new Set([OLD, NEW]));
    expect(new Set(await versionsAt(gateway))).toEqual(new Set([OLD]));
    expect(await trafficAt(gateway)).toMatchObject([
      { versions: [{ share: 1 }, { version: NEW, share: 0, instances: { total: 1, healthy: 0 } }] },
      { route: 'preview', versions: [{ share: 0 }] },
    ]);
    await gateway.process.waitForOutput(
      /"service":"users","version":"2.0.0","msg":"Version without healthy instances; it gets no requests"/,
    );
    // The route that lists no other version.
    const { status, body } = await send(gateway, 'any', { 'x-preview': 'yes' });
    expect([status, (body as { type: string }).type]).toEqual([
      503,
      'urn:msa-gateway:problem:no-healthy-instance',
    ]);
    await canary.start();
    await untilShares(0.4, 0.6);
    expect(await versionsAt(gateway)).toEqual(before);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer, type Server } from 'node:tls';
import { freePort, launchNode, ROOT, startSystem, tempDir, type RunningSystem } from '#testing';

// Self-signed, for tests only.
const pem = (name: string): Buffer => readFileSync(join(ROOT, 'test/support/tls', name));

/** Terminates TLS in front of `url`, like nginx in production. */
async function tlsBefore(url: string): Promise<Server> {
  const server = createServer({ key: pem('key.pem'), cert: pem('certificate.pem') }, (client) => {
    const behind = connect(Number(new URL(url).port), '127.0.0.1');
    pipeline(client, behind, client, () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('npm run smoke', () => {
  const data = tempDir();
  let system: RunningSystem;
  let tls: Server;
  let port: number;

  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: data.path });
    tls = await tlsBefore(system.url);
    ({ port } = tls.address() as AddressInfo);
  });
  afterAll(async () => {
    tls.close();
    await system.process.stop();
    data.remove();
  });

  it('tests the system at BASE_URL, and accepts a self-signed certificate of this machine', async () => {
    const smoke = launchNode('scripts/smoke.mjs', [], { BASE_URL: `https://localhost:${port}` });
    const { code } = await smoke.exited;
    expect(smoke.stdout).toMatch(
      /^the certificate of localhost:\d+ is not trusted here; accepted, because it is this machine\n/,
    );
    expect(smoke.stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s\n$/);
    expect([code, smoke.stderr]).toEqual([0, '']);
  }, 120_000);

  it('prefers its URL argument, and lists the orders that remain; nothing else remains', async () => {
    const before = await idsOf('order-service/orders');
    const otherSystem = { BASE_URL: 'http://127.0.0.1:1', GATEWAY_PORT: '1' };
    const smoke = launchNode('scripts/smoke.mjs', [system.url], otherSystem);
    expect((await smoke.exited).code).toBe(0);
    expect(smoke.stdout).toContain(`Smoke test of ${system.url}\n`);
    const [, left = ''] = /\nleft in the system\n((?: {2}.+\n)+)\n\d+ passed/.exec(smoke.stdout) ?? [];
    const named = [...left.matchAll(/orders\/(\S+): orders cannot be deleted; it is \w+$/gm)].map(
      ([, id]) => id,
    );
    const made = (await idsOf('order-service/orders')).filter((id) => !before.includes(id));
    expect(named.sort()).toEqual(made.sort());
    expect(await idsOf('user-service/users')).toEqual([]);
    expect(await idsOf('product-service/products')).toEqual([]);
  }, 120_000);

  const idsOf = async (collection: string): Promise<string[]> => {
    const response = await fetch(`${system.url}/api/${collection}?limit=200`);
    return ((await response.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
  };

  it('reports in one line that no process listens on GATEWAY_PORT', async () => {
    const port = await freePort();
    const smoke = launchNode('scripts/smoke.mjs', [], { GATEWAY_PORT: String(port) });
    expect(await smoke.exited).toEqual({ code: 1, signal: null });
    expect(smoke.stderr).toContain(`127.0.0.1:${port} `);
    expect(smoke.stdout + smoke.stderr).toMatch(
      /^no response from http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\); start the system first: npm start\n$/,
    );
  });
});

describe('the smoke test of another machine', () => {
  it.each(['example.com', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com'])(
    'requires a trusted certificate of %s',
    async (hostname) => {
      const { isLoopback } = await import('../scripts/smoke/loopback.mjs');
      expect(isLoopback(hostname)).toBe(false);
    },
  );
});

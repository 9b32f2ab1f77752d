import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer, type Server } from 'node:tls';
import { launchNode, ROOT, startSystem, tempDir, type RunningSystem } from '#testing';

// Self-signed, of no use anywhere but here.
const pem = (name: string): Buffer => readFileSync(join(ROOT, 'test/support/tls', name));

/** TLS in front of `url`, as nginx has it in production. */
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

  it('asks the system that BASE_URL names, and takes the certificate that this machine made for itself', async () => {
    const smoke = launchNode('scripts/smoke.mjs', [], { BASE_URL: `https://localhost:${port}` });
    const { code } = await smoke.exited;
    expect(smoke.stdout).toMatch(/its certificate .* taken, since it is on this machine\n/);
    expect(smoke.stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s\n$/);
    expect([code, smoke.stderr]).toEqual([0, '']);
  }, 120_000);

  it('would rather be told where to ask by its argument', async () => {
    const smoke = launchNode('scripts/smoke.mjs', [system.url], { BASE_URL: 'http://127.0.0.1:1' });
    expect((await smoke.exited).code).toBe(0);
    expect(smoke.stdout).toContain(`Smoke test of ${system.url}\n`);
  }, 120_000);
});

describe('the smoke test of another machine', () => {
  it.each(['example.com', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com'])(
    'insists on a good certificate of %s',
    async (hostname) => {
      const { isLoopback } = await import('../scripts/smoke/loopback.mjs');
      expect(isLoopback(hostname)).toBe(false);
    },
  );
});

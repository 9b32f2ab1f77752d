import type { DashboardState } from '#contracts';
import { call, launchNode, MOUNTS, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

describe.each(MOUNTS)('the system as %s', (mount) => {
  const data = tempDir();
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: data.path });
  });

  afterAll(async () => {
    await system.process.stop();
    data.remove();
  });

  it('satisfies every row of the contract (npm run smoke)', async () => {
    const smoke = launchNode('scripts/smoke.mjs', [system.url]);
    const { code } = await smoke.exited;
    // The report shows which row failed; the exit code alone does not.
    expect(smoke.stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s\n$/);
    expect(code).toBe(0);
  }, 120_000);

  it('adds sample data once when seeded repeatedly (npm run seed)', async () => {
    const first = launchNode('scripts/seed.mjs', [system.url]);
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = launchNode('scripts/seed.mjs', [], { GATEWAY_PORT: new URL(system.url).port });
    expect(await second.exited).toEqual({ code: 0, signal: null });
    expect(first.stdout).toMatch(/^users: 4 added, 0 already there\nproducts: 5 added, 0 already there\n$/);
    expect(second.stdout).toMatch(/^users: 0 added, 4 already there\nproducts: 0 added, 5 already there\n$/);
  });

  it('reports calls of services to each other and to their stores, pending orders and events', async () => {
    const calls = (to: string, kind: string) =>
      expect.objectContaining({ to, kind, total: expect.any(Number), failed: expect.any(Number) }) as object;
    await waitFor('the report of the order service', async () => {
      const { body } = await call(system.url, 'GET /discovery/services?name=order-service');
      expect(body).toEqual([
        expect.objectContaining({
          calls: expect.arrayContaining([
            calls('user-service', 'call'),
            calls('product-service', 'call'),
            calls('sqlite', 'store'),
          ]),
          backlog: { name: 'pending orders', count: expect.any(Number) },
          events: { waiting: 0, oldestSeconds: 0, deadLetters: 0 },
        }),
      ]);
    });
    await waitFor('the edges', async () => {
      expect(await edgesAt(system.url)).toEqual(
        expect.arrayContaining(['client gateway', 'order-service product-service', 'user-service sqlite']),
      );
    });
  });
});

/** The edges that a first reader of the dashboard gets. */
async function edgesAt(url: string): Promise<readonly string[]> {
  const reader = new AbortController();
  const { body } = await fetch(`${url}/dashboard/stream`, { signal: reader.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('\n\n', text.indexOf('event: state'))) break;
  }
  reader.abort();
  const [, state = '{}'] = /event: state\ndata: (.*)\n/.exec(text) ?? [];
  return Object.keys((JSON.parse(state) as DashboardState).edges);
}

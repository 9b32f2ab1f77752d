import { launchNode, MOUNTS, startSystem, tempDir, type RunningSystem } from '#testing';

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
});

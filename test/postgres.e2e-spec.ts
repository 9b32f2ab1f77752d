import { launchNode, MOUNTS, onPostgres, startSystem } from '#testing';

onPostgres('the system', (server) => {
  it.each(MOUNTS)(
    'satisfies every row of the contract as %s',
    async (mount) => {
      const system = await startSystem(mount, { DATABASE_URL: await server().createDatabase() });
      const smoke = launchNode('scripts/smoke.mjs', [system.url]);
      await smoke.exited;
      expect(smoke.stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s\n$/);
      expect(await system.process.stop()).toEqual({ code: 0, signal: null });
    },
    120_000,
  );

  it('keeps its rows across a restart', async () => {
    const DATABASE_URL = await server().createDatabase();
    const first = await startSystem('monolith', { DATABASE_URL });
    expect((await launchNode('scripts/seed.mjs', [first.url]).exited).code).toBe(0);
    await first.process.stop();

    const second = await startSystem('monolith', { DATABASE_URL });
    const response = await fetch(`${second.url}/api/user-service/users`);
    expect(((await response.json()) as { items: unknown[] }).items).toHaveLength(4);
    await second.process.stop();
  }, 120_000);
});

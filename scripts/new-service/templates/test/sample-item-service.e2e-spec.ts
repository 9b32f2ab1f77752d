import { call, MOUNTS, startSystem, tempDir, waitFor, type RunningSystem } from '#testing';

const API = '/api/sample-item-service';

describe.each(MOUNTS)('the sample item service in the system as %s', (mount) => {
  const data = tempDir();
  let system: RunningSystem;

  beforeAll(async () => {
    system = await startSystem(mount, { DATA_DIR: data.path });
  });
  afterAll(async () => {
    await system.process.stop();
    data.remove();
  });

  it('is called through the gateway', async () => {
    const created = await call(system.url, `POST ${API}/sample-items`, { body: { name: 'First' } });
    expect(created.status).toBe(201);
    const path = `${API}/sample-items/${created.body.id}`;
    expect(await call(system.url, `GET ${path}`)).toMatchObject({ status: 200, body: created.body });
    expect((await call(system.url, `DELETE ${path}`)).status).toBe(204);
    expect((await call(system.url, `GET ${path}`)).status).toBe(404);
  });

  it('is part of the document of the system', async () => {
    await waitFor('the document of the service', async () => {
      const { body } = await call(system.url, 'GET /docs-json');
      expect(body.paths).toHaveProperty([`${API}/sample-items/{id}`, 'patch']);
    });
  });
});

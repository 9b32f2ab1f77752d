import { RegistryService } from '../registry/registry.service.js';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

const url = 'http://127.0.0.1:9001';
const RETENTION = '3s';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

describe('a service without live instances', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => void (gateway = await GatewayUnderTest.start({ INSTANCE_RETENTION: RETENTION })));
  afterAll(() => gateway.stop());

  const statusOf = async (id: string): Promise<string | undefined> =>
    ((await gateway.get(`/discovery/services/${id}`)).body as { status?: string }).status;
  const expire = async (name: string, id: string): Promise<void> => {
    await gateway.register({ name, url, id, ttlSeconds: 2 });
    await until(async () => (await statusOf(id)) === 'down');
  };

  it('stays known after its last lease expired, in every endpoint', async () => {
    await expire('users', 'a');
    expect((await gateway.get('/discovery/services/a')).body).toMatchObject({
      status: 'down',
      statusReason: 'lease expired: no heartbeat for 2 s',
      expiredAt: time,
    });
    const response = await gateway.get('/api/users/1');
    expect(response).toMatchObject({
      status: 503,
      body: { type: 'urn:msa-gateway:problem:no-healthy-instance' },
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await gateway.get('/services')).body).toMatchObject([
      { name: 'users', instances: { total: 1, healthy: 0 }, lastSeenAt: time },
    ]);
    expect(await gateway.get('/health')).toMatchObject({
      status: 200,
      body: { details: { services: { services: { users: { status: 'down', lastSeenAt: time } } } } },
    });
    expect((await gateway.get('/discovery/explain?path=/api/users/1')).body).toMatchObject({
      excluded: [{ id: 'a', status: 'down', reason: 'lease expired: no heartbeat for 2 s' }],
      problem: { status: 503, detail: expect.stringContaining('no live instance since ') },
    });
    const problems = 'gateway_problems_total{service="users",problem="no-healthy-instance"} 1';
    expect((await gateway.get('/metrics')).body).toContain(problems);
  });

  it.each([
    ['without a body', {}],
    ['with fields that only the full route reads', { 'x-forwarded-for': '127.0.0.1' }],
  ])(
    'responds 404 to a heartbeat %s of an expired instance, which must register again',
    async (_how, headers) => {
      await expire('heartbeats', 'b');
      expect(await gateway.call('POST', '/discovery/heartbeat/b', { headers })).toMatchObject({
        status: 404,
        body: { type: 'urn:msa-gateway:problem:unknown-instance' },
      });
      expect(await gateway.register({ name: 'heartbeats', url, id: 'b' })).toMatchObject({
        status: 200,
        body: { status: 'up' },
      });
      await gateway.call('DELETE', '/discovery/unregister/b');
    },
  );

  it('stays known after its last instance was unregistered or cleaned up, until the retention ends', async () => {
    await gateway.register({ name: 'left', url, id: 'l' });
    await gateway.call('DELETE', '/discovery/unregister/l');
    expect((await gateway.get('/discovery/services?name=left')).body).toEqual([]);
    expect((await gateway.get('/api/left/1')).status).toBe(503);
    await expire('cleaned', 'c');
    expect((await gateway.call('POST', '/discovery/cleanup')).body).toEqual({
      removed: expect.arrayContaining(['c']) as string[],
    });
    const { body } = await gateway.get('/services');
    expect(body).toContainEqual(
      expect.objectContaining({ name: 'cleaned', instances: { total: 0, healthy: 0 }, lastSeenAt: time }),
    );
    await until(async () => (await gateway.get('/api/cleaned/1')).status === 404);
    await until(async () => (await gateway.get('/api/left/1')).status === 404);
  });

  it('responds 503 for an unknown name while the registry is incomplete after a restart', async () => {
    const registry = gateway.app.nest.get(RegistryService, { strict: false });
    const isComplete = jest.spyOn(registry, 'isComplete', 'get').mockReturnValue(false);
    const response = await gateway.get('/api/never-seen/1');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await gateway.get('/api/Never-A-Name/1')).status).toBe(404);
    isComplete.mockRestore();
    expect((await gateway.get('/api/never-seen/1')).status).toBe(404);
  });
});

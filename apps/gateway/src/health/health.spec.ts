import { Ejector, LiveServiceTable, RegistryService } from '../discovery/index.js';
import { GatewayUnderTest } from '../discovery/testing/gateway-under-test.js';

describe('the health of a gateway', () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => void (gateway = await GatewayUnderTest.start()));
  afterEach(() => gateway.stop());

  it('is reported with its registry, and with details of each service', async () => {
    await gateway.register({ name: 'users', url: 'http://127.0.0.1:9', id: 'a' });
    const { status, body } = await gateway.get('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      error: {},
      details: {
        registry: { status: 'up', services: 1, instances: 1 },
        services: { status: 'up', services: { users: { status: 'up', instances: 1, available: 1 } } },
      },
    });
  });

  it('is not affected by a dead service', async () => {
    await gateway.register({ name: 'users', url: 'http://127.0.0.1:9', id: 'a' });
    const { nest } = gateway.app;
    const instance = nest.get(LiveServiceTable, { strict: false }).current.get('users')!.instances[0]!;
    nest.get(Ejector, { strict: false }).refused(instance, 'refused');
    const { status, body } = await gateway.get('/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      details: { services: { services: { users: { status: 'down', instances: 1, available: 0 } } } },
    });
    expect((await gateway.get('/health/ready')).status).toBe(200);
  });

  it('is degraded without its registry, and stays ready', async () => {
    const registry = gateway.app.nest.get(RegistryService, { strict: false });
    jest.spyOn(registry, 'unavailableSince', 'get').mockReturnValue(Date.now());
    jest.spyOn(registry, 'unavailableReason', 'get').mockReturnValue('WRONGPASS');
    const { status, body } = await gateway.get('/health');
    expect(status).toBe(200);
    expect((await gateway.get('/metrics')).body).toContain('\ngateway_registry_up 0\n');
    expect(body).toMatchObject({
      details: { registry: { status: 'degraded', message: 'registry unavailable (WRONGPASS)' } },
    });
    expect(await gateway.call('POST', '/discovery/cleanup')).toMatchObject({ status: 503 });
    expect((await gateway.get('/health/ready')).status).toBe(200);
  });

  it('is not ready once it drains, but stays live', async () => {
    expect((await gateway.get('/health/ready')).status).toBe(200);
    await gateway.app.leave();
    expect((await gateway.get('/health/ready')).status).toBe(503);
    expect((await gateway.get('/health/live')).status).toBe(200);
  });
});

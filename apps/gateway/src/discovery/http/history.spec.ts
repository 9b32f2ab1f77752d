import type { InstanceView, RegistryAt, Timeline } from '#contracts';
import { recordedPart, timeBetweenChanges } from '#testing';
import { GatewayUnderTest } from '../testing/gateway-under-test.js';

const url = 'http://127.0.0.1:9001';

describe('the record of the registry', () => {
  let gateway: GatewayUnderTest;
  beforeEach(async () => void (gateway = await GatewayUnderTest.start()));
  afterEach(() => gateway.stop());

  const at = async (time?: string): Promise<RegistryAt> =>
    (await gateway.get(`/discovery/at${time === undefined ? '' : `?t=${time}`}`)).body as RegistryAt;

  it('shows the instances as they were at each time, and now', async () => {
    const empty = await timeBetweenChanges();
    await gateway.register({ name: 'users', url, id: 'a', metadata: { zone: 'x' } });
    const registered = await timeBetweenChanges();
    await gateway.post('/discovery/services/a/drain', {});
    const draining = await timeBetweenChanges();
    const { body } = await gateway.get('/discovery/services');
    await gateway.call('DELETE', '/discovery/unregister/a');
    expect((await at(empty)).instances).toEqual([]);
    expect((await at(registered)).instances).toMatchObject([
      { id: 'a', status: 'up', metadata: { zone: 'x' } },
    ]);
    expect((await at(draining)).instances).toEqual((body as InstanceView[]).map(recordedPart));
    const now = await at();
    expect(now).toMatchObject({ revision: null, instances: [] });
    expect(now.oldest < empty && draining < now.newest && now.newest <= now.at).toBe(true);
  });

  it('responds 404 with the oldest time for a time before the record', async () => {
    const { oldest } = await at();
    const before = new Date(Date.parse(oldest) - 1).toISOString();
    expect(await gateway.get(`/discovery/at?t=${before}`)).toMatchObject({
      status: 404,
      body: { type: 'urn:msa-gateway:problem:time-not-recorded', oldest },
    });
  });

  it.each([
    ['/discovery/at', 't'],
    ['/discovery/explain', 'path=/api/users&at'],
  ])('%s responds 400 to times in the future, and to what is no time', async (path, parameter) => {
    for (const time of ['2999-01-01T00:00:00Z', '2020-01-01', 'yesterday', '', '2020-13-01T00:00:00Z'])
      expect([time, (await gateway.get(`${path}?${parameter}=${time}`)).status]).toEqual([time, 400]);
  });

  it('lists the latest changes with their reasons, the newest last', async () => {
    await gateway.register({ name: 'users', url, id: 'a' });
    await gateway.post('/discovery/services/a/drain', {});
    const timeline = async (query = '') =>
      (await gateway.get(`/discovery/timeline${query}`)).body as Timeline;
    const { changes, oldest, newest } = await timeline();
    const of = { kind: 'registry', service: 'users', instanceId: 'a' };
    expect(changes).toEqual([
      { ...of, at: expect.any(String), type: 'registered', reason: 'registered' },
      { ...of, at: newest, type: 'draining', reason: 'drain requested' },
    ]);
    expect(oldest <= changes[0]!.at).toBe(true);
    expect((await timeline('?limit=1')).changes).toEqual(changes.slice(1));
    for (const limit of ['0', '1001', 'all'])
      expect((await gateway.get(`/discovery/timeline?limit=${limit}`)).status).toBe(400);
  });
});

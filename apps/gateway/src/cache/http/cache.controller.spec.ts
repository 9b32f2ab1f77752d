import { withRedis } from '#testing';
import { GatewayUnderTest } from '../../discovery/testing/gateway-under-test.js';
import { TcpRelay } from '../../discovery/testing/tcp-relay.js';

const TOKEN = 'a-token-of-the-registry';

describe('POST /cache/purge', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ REGISTRY_TOKEN: TOKEN });
  });
  afterAll(() => gateway.stop());
  const purge = (body: unknown, authorization = `Bearer ${TOKEN}`) =>
    gateway.post('/cache/purge', body, { authorization });

  it.each([
    { service: 'users' },
    { path: '/products/%C3%A9*' },
    { tags: ['product:1', 'a'] },
    { service: 'users', path: '/*', tags: ['a'] },
  ])('removes what %j selects', async (selector) => {
    expect(await purge(selector)).toMatchObject({ status: 200, body: { purged: 0 } });
  });

  it.each([
    [{}, ''],
    [{ service: 'Users' }, '/service'],
    [{ service: null }, '/service'],
    [{ path: 'products' }, '/path'],
    [{ path: '/products?page=2' }, '/path'],
    [{ path: `/${'a'.repeat(2048)}` }, '/path'],
    [{ tags: [] }, '/tags'],
    [{ tags: 'a' }, '/tags'],
    [{ tags: ['a,b'] }, '/tags'],
    [{ tags: [1] }, '/tags'],
    [{ tags: Array.from({ length: 101 }, String) }, '/tags'],
    [{ service: 'users', url: '/' }, '/url'],
  ])('refuses %j', async (selector, pointer) => {
    expect(await purge(selector)).toMatchObject({
      status: 400,
      body: { type: 'urn:msa-gateway:problem:validation-failed', errors: [{ pointer }] },
    });
  });

  it('needs the token of the registry', async () => {
    expect(await purge({ path: '/*' }, 'Bearer another')).toMatchObject({
      status: 401,
      body: { type: 'urn:msa-gateway:problem:registry-token-required' },
    });
  });
});

withRedis('POST /cache/purge while Redis is away', (redis) => {
  it('says that other gateways keep their responses', async () => {
    const relay = await TcpRelay.to(redis().port);
    const gateway = await GatewayUnderTest.start({ REDIS_URL: relay.url });
    const purge = () => gateway.post('/cache/purge', { path: '/*' });
    expect((await purge()).status).toBe(200);
    relay.disconnect();
    const refused = await purge();
    expect(refused).toMatchObject({
      status: 503,
      body: { type: 'urn:msa-gateway:problem:purge-not-shared' },
    });
    expect(refused.headers.get('retry-after')).toBe('1');
    await gateway.stop();
    relay.close();
  });
});

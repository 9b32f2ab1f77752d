import { GatewayUnderTest } from './discovery/testing/gateway-under-test.js';

describe('a complete gateway', () => {
  it('ejects an instance whose port refuses a connection', async () => {
    const gateway = await GatewayUnderTest.start();
    await gateway.register({ name: 'gone', url: 'http://127.0.0.1:9', id: 'a' });
    expect((await gateway.get('/api/gone/')).status).toBe(502);
    expect((await gateway.get('/discovery/services/a')).body).toMatchObject({ status: 'down' });
    const { status, headers } = await gateway.get('/api/gone/');
    expect([status, headers.has('retry-after')]).toEqual([503, true]);
    await gateway.stop();
  });
});

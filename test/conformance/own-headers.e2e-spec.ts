import { call } from '#testing';
import { onEveryPlane } from './support/harness.js';
import { RawClient } from './support/raw-client.js';
import { respondWith, RawUpstream } from './support/raw-upstream.js';

onEveryPlane('security headers of the gateway’s own responses', (harness) => {
  const send = async (bytes: string): Promise<string> =>
    (await RawClient.open(harness().gatewayPort)).send(bytes).untilClosed();

  it.each([
    'GET /',
    'GET /health',
    'GET /metrics',
    'GET /services',
    'GET /docs',
    'GET /docs-json',
    'GET /nothing',
    'GET /api/unknown-service/x',
    'GET /api/x/%2e%2e/%2e%2e',
    'GET /%zz',
    'POST /discovery/register',
  ])('contain nosniff for %s', async (line) => {
    const response = await send(`${line} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/\r\nx-content-type-options: nosniff\r\n/i);
  });

  it('contain nosniff for a request that is not HTTP', async () => {
    expect(await send('GET /api/x HTTP/1.1\r\nHost : gw\r\n\r\n')).toMatch(/nosniff/);
  });

  it('contain nosniff for heartbeats', async () => {
    await harness().register('renewed', 'http://127.0.0.1:9');
    const { status, headers } = await call(harness().gatewayUrl, 'POST /discovery/heartbeat/renewed');
    expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
  });

  it('are not added to the response of an instance', async () => {
    const upstream = await RawUpstream.start();
    upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await harness().register('raw', upstream.url);
    const { headers } = await call(harness().gatewayUrl, 'GET /api/raw/x');
    upstream.close();
    expect([headers.get('via'), headers.get('x-content-type-options')]).toEqual(['1.1 msa-gateway', null]);
  });

  it('prevent other sites from framing pages', async () => {
    const accept = { accept: 'text/html' };
    for (const path of ['/', '/docs']) {
      const { headers } = await call(harness().gatewayUrl, `GET ${path}`, { headers: accept });
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
    }
  });
});

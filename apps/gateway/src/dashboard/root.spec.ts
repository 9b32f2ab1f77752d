import { createHash } from 'node:crypto';
import { GatewayUnderTest } from '../discovery/testing/gateway-under-test.js';
import { html } from './html.js';
import { LINKS } from './links.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('GET /', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
  afterAll(() => gateway.stop());

  it('returns the name, the version and all links as JSON', async () => {
    const { status, headers, body } = await gateway.get('/');
    expect(status).toBe(200);
    expect(headers.get('vary')).toBe('accept');
    expect(body).toEqual({
      name: 'msa-gateway',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      environment: 'development',
      uptime: expect.any(Number),
      links: LINKS,
    });
  });

  it('serves a page to browsers that is safe against injection', async () => {
    await gateway.register({
      name: 'users',
      url: 'http://127.0.0.1:9001',
      id: 'a',
      version: '<script>alert("1")</script>',
    });
    const { headers, body } = await gateway.get('/', { accept: BROWSER });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('vary')).toBe('accept');
    const text = String(body);
    expect(text).toContain('users');
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(text).not.toContain('<script');
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toContain(
      `default-src 'none'; style-src 'sha256-${digest}'`,
    );
  });

  it('links only to existing endpoints', async () => {
    const { body } = await gateway.get('/', { accept: BROWSER });
    const links = [...String(body).matchAll(/href="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links).toContain('/health');
    for (const link of links) expect((await gateway.call('HEAD', link)).status).toBe(200);
  });
});

describe('html', () => {
  it('escapes values except HTML', () => {
    expect(html`<p title="${`"'`}">${'<&>'}${html`<b>${1}</b>`}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;&amp;&gt;<b>1</b></p>',
    );
  });
});

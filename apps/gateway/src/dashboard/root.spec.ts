import { GatewayUnderTest } from '../discovery/testing/gateway-under-test.js';
import { LINKS } from './links.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('GET /', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => void (gateway = await GatewayUnderTest.start()));
  afterAll(() => gateway.stop());

  it('returns the name, the version and all links as JSON', async () => {
    const { status, headers, body } = await gateway.get('/');
    expect(status).toBe(200);
    expect(headers.get('vary')).toContain('accept');
    expect(body).toEqual({
      name: 'msa-gateway',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      environment: 'development',
      uptime: expect.any(Number),
      links: LINKS,
    });
  });

  it('serves a page to browsers that may load nothing from elsewhere', async () => {
    const { status, headers, body } = await gateway.get('/', BROWSER);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('vary')).toBe('accept, accept-encoding');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(String(body)).toContain('msa-gateway');
    const head = await gateway.call('HEAD', '/', { headers: BROWSER });
    expect([head.status, head.headers.get('etag'), head.body]).toEqual([200, headers.get('etag'), '']);
  });

  it('replies 304 to a browser that has the page', async () => {
    const { headers } = await gateway.get('/', BROWSER);
    const etag = headers.get('etag') ?? '';
    const { status, body } = await gateway.get('/', { ...BROWSER, 'if-none-match': `"other", W/${etag}` });
    expect([status, body]).toEqual([304, '']);
  });

  it('serves the files of the page compressed, and for a year', async () => {
    const { body } = await gateway.get('/', BROWSER);
    const paths = [...String(body).matchAll(/(?:src|href)="(\/dashboard\/[^"]+)"/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThanOrEqual(2);
    for (const path of paths)
      for (const encoding of ['br', 'gzip', 'identity'] as const) {
        const { status, headers } = await gateway.get(path, { 'accept-encoding': `${encoding}, x;q=0.5` });
        expect(status).toBe(200);
        expect(headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
        expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(headers.get('content-type')).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
      }
  });

  it.each(['/dashboard/assets/unknown.js', '/dashboard/assets/..%2findex.html'])(
    'knows no other file: %s',
    async (path) => {
      const { status, headers } = await gateway.get(path);
      expect(status).toBe(404);
      expect(headers.get('cache-control')).toBeNull();
    },
  );
});

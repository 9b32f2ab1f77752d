import { AllowedOrigins } from './allowed-origins.js';

const allowed = (declared: string, sent: string): boolean => {
  const origins = new AllowedOrigins([declared]);
  // The second time, the origin may be known.
  expect(origins.allow(sent)).toBe(origins.allow(sent));
  return origins.allow(sent);
};

describe('Allowed origins', () => {
  it.each([
    ['https://example.com', 'https://example.com'],
    ['https://example.com', 'HTTPS://EXAMPLE.com'],
    ['https://example.com:443', 'https://example.com'],
    ['https://example.com', 'https://example.com:443'],
    ['http://Example.com', 'http://example.com:80'],
    ['http://[::1]:3000', 'http://[0:0::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['https://*.example.com', 'https://app.example.com'],
    ['https://*.example.com', 'https://a.b.example.com'],
    ['https://*.example.com:8443', 'https://a.example.com:8443'],
    ['*', 'https://anything.test:1'],
  ])('with %s include %s', (declared, sent) => expect(allowed(declared, sent)).toBe(true));

  it.each([
    ['https://example.com', 'http://example.com'],
    ['https://example.com', 'https://example.com:8443'],
    ['https://example.com', 'https://example.com.'],
    ['https://example.com', 'https://example.com.evil.test'],
    ['https://example.com', 'https://evil-example.com'],
    ['https://example.com', 'https://sub.example.com'],
    ['https://example.com', 'https://example.com@evil.test'],
    ['https://example.com', 'https://user@example.com'],
    ['https://example.com', 'https://example.com/'],
    ['https://example.com', 'https://example.com?'],
    ['https://example.com', 'https://example.com, https://example.com'],
    ['https://example.com', 'https://example.com https://evil.test'],
    ['https://example.com', 'https:\\\\example.com'],
    ['https://example.com', 'https:example.com'],
    ['https://example.com', 'https://exa\tmple.com'],
    ['https://example.com', 'https://ex%61mple.com'],
    ['https://example.com', 'example.com'],
    ['https://example.com', ''],
    ['https://example.com', 'null'],
    ['https://*.example.com', 'null'],
    ['*', 'null'],
    ['*', 'nonsense'],
    ['*', `https://${'a'.repeat(300)}.test`],
    ['https://*.example.com', 'https://example.com'],
    ['https://*.example.com', 'https://.example.com'],
    ['https://*.example.com', 'https://a..example.com'],
    ['https://*.example.com', 'https://*.example.com'],
    ['https://*.example.com', 'https://evil-example.com'],
    ['https://*.example.com', 'https://a.example.com.evil.test'],
    ['https://*.example.com', 'https://a.example.com.'],
    ['https://*.example.com', 'https://a.example.com:8443'],
    ['https://*.example.com', 'http://a.example.com'],
    ['https://*.example.com', 'https://evil.test#.example.com'],
    ['https://*.example.com', 'https://evil.test/.example.com'],
    ['https://*.example.com', 'https://evil.test\\.example.com'],
    ['https://*.example.com', 'https://evil.test%00.example.com'],
  ])('with %s do not include %j', (declared, sent) => expect(allowed(declared, sent)).toBe(false));

  it('remember a bounded number of origins', () => {
    const origins = new AllowedOrigins(['https://*.example.com']);
    for (let i = 0; i < 5_000; i += 1) expect(origins.allow(`https://a${i}.example.com`)).toBe(true);
    expect(Reflect.get(origins, 'known').size).toBeLessThanOrEqual(1_000);
  });
});

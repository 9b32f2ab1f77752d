import { peerOf } from './peer.js';
import { addRequestFields, type RequestContext } from './request-headers.js';
import { TrustedProxies } from './trusted-proxies.js';

const facts = (address = '127.0.0.1', scheme: 'http' | 'https' = 'http'): RequestContext => ({
  peer: { ...peerOf(address, scheme, new TrustedProxies([])), isTrusted: true },
  version: '1.0',
  host: 'gw:8000',
  prefix: '/api/users',
  requestId: 'id',
});

/** The fields that an instance receives for the client fields `raw`. */
function fieldsFor(raw: readonly string[], origin: RequestContext): Map<string, string> {
  const fields: string[] = [];
  addRequestFields(fields, raw, origin);
  return new Map(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]!] as const] : [])));
}

describe('addRequestFields', () => {
  it('extends the forwarding fields of a trusted proxy', () => {
    const reported = [
      'X-Forwarded-For',
      '1.2.3.4',
      'X-Forwarded-For',
      '5.6.7.8',
      'X-Forwarded-Proto',
      'https',
    ];
    const more = ['X-Forwarded-Host', 'shop', 'X-Forwarded-Prefix', '/outer', 'Forwarded', 'for=1.2.3.4'];
    const fields = fieldsFor([...reported, ...more, 'X-Forwarded-Port', '443'], facts());
    expect(fields.get('x-forwarded-for')).toBe('1.2.3.4, 5.6.7.8, 127.0.0.1');
    expect(fields.get('x-forwarded-proto')).toBe('https');
    expect(fields.get('x-forwarded-host')).toBe('shop');
    expect(fields.get('x-forwarded-prefix')).toBe('/outer/api/users');
    expect(fields.get('X-Forwarded-Port')).toBe('443');
    expect(fields.get('forwarded')).toBe('for=1.2.3.4, for=127.0.0.1;host="gw:8000";proto=http');
    expect(fields.get('via')).toBe('1.0 msa-gateway');
  });

  it('forwards a length as a plain number', () => {
    expect([...fieldsFor(['Content-Length', '0005'], facts())][0]).toEqual(['content-length', '5']);
  });

  it('ignores an outer prefix that is not a path', () => {
    const fields = fieldsFor(['X-Forwarded-Prefix', '//evil'], facts());
    expect(fields.get('x-forwarded-prefix')).toBe('/api/users');
  });

  it('quotes an IPv6 peer', () => {
    const fields = fieldsFor([], facts('2001:db8::1', 'https'));
    expect(fields.get('forwarded')).toBe('for="[2001:db8::1]";host="gw:8000";proto=https');
    expect(fields.get('x-forwarded-for')).toBe('2001:db8::1');
  });
});

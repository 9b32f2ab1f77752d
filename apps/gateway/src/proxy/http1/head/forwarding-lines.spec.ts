import { peerOf, TrustedProxies } from '../rules/peer.js';
import { ForwardingLines } from './forwarding-lines.js';
import { parseRequestHead } from './parse-request-head.js';
import { flatFields, framingLines, passingLines } from './request-lines.js';

const peer = (address = '127.0.0.1', scheme: 'http' | 'https' = 'http') => ({
  ...peerOf(address, scheme, new TrustedProxies([])),
  isTrusted: true,
});

/** The fields that an instance receives for the client fields `lines`. */
function fieldsFor(lines: readonly string[], from = peer()): Map<string, string> {
  const head = parseRequestHead(['GET /api/users HTTP/1.0', 'Host: gw:8000', ...lines, '', ''].join('\r\n'));
  const text =
    passingLines(head, from) + framingLines(head) + new ForwardingLines(from).of(head, '/api/users');
  const flat = flatFields(text);
  return new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!] as const] : [])));
}

describe('ForwardingLines', () => {
  it('extends the forwarding fields of a trusted proxy', () => {
    const fields = fieldsFor([
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-For: 5.6.7.8',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop',
      'X-Forwarded-Prefix: /outer',
      'Forwarded: for=1.2.3.4',
      'X-Forwarded-Port: 443',
    ]);
    expect(fields.get('x-forwarded-for')).toBe('1.2.3.4, 5.6.7.8, 127.0.0.1');
    expect(fields.get('x-forwarded-proto')).toBe('https');
    expect(fields.get('x-forwarded-host')).toBe('shop');
    expect(fields.get('x-forwarded-prefix')).toBe('/outer/api/users');
    expect(fields.get('X-Forwarded-Port')).toBe('443');
    expect(fields.get('forwarded')).toBe('for=1.2.3.4, for=127.0.0.1;host="gw:8000";proto=http');
    expect(fields.get('via')).toBe('1.0 msa-gateway');
  });

  it('treats an empty field as absent', () => {
    const fields = fieldsFor(['X-Forwarded-For:', 'X-Forwarded-Proto: ', 'X-Forwarded-Host:']);
    expect(fields.get('x-forwarded-for')).toBe('127.0.0.1');
    expect(fields.get('x-forwarded-proto')).toBe('http');
    expect(fields.get('x-forwarded-host')).toBe('gw:8000');
  });

  it('follows a length that is forwarded as a plain number', () => {
    expect([...fieldsFor(['Content-Length: 0005'])][0]).toEqual(['content-length', '5']);
  });

  it('ignores an outer prefix that is not a path', () => {
    expect(fieldsFor(['X-Forwarded-Prefix: //evil']).get('x-forwarded-prefix')).toBe('/api/users');
  });

  it('quotes an IPv6 peer', () => {
    const fields = fieldsFor([], peer('2001:db8::1', 'https'));
    expect(fields.get('forwarded')).toBe('for="[2001:db8::1]";host="gw:8000";proto=https');
    expect(fields.get('x-forwarded-for')).toBe('2001:db8::1');
  });
});

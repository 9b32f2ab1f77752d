import { clientAddressOf, clientSchemeOf, peerOf, TrustedProxies } from './peer.js';
import { isAddressRange } from '../../../config/address-ranges.js';

const trusted = new TrustedProxies(['127.0.0.0/8', '10.1.0.0/16', '::1', 'fd00::/8', '192.0.2.7']);

describe('TrustedProxies', () => {
  it.each(['127.9.9.9', '10.1.2.3', '::1', 'fd12::1', '192.0.2.7', '::ffff:10.1.2.3', '::FFFF:192.0.2.7'])(
    'contains %s',
    (address) => expect(trusted.has(address)).toBe(true),
  );

  it.each(['10.2.0.1', '::2', 'fe80::1', '192.0.2.8', '::ffff:10.2.0.1', 'nonsense', ''])(
    'does not contain %p',
    (address) => expect(trusted.has(address)).toBe(false),
  );

  it.each(['1.2.3.4', '1.2.3.0/24', '::/0', 'fd00::1/128'])('accepts the range %s', (range) =>
    expect(isAddressRange(range)).toBe(true),
  );

  it.each(['', '1.2.3', '1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/8/8', 'host', '1.2.3.4/-1'])(
    'rejects the range %p',
    (range) => expect(isAddressRange(range)).toBe(false),
  );
});

describe('clientAddressOf', () => {
  it.each([
    ['the peer when X-Forwarded-For is absent', '127.0.0.1', undefined, '127.0.0.1'],
    ['the peer when it is not trusted', '10.2.0.1', '1.2.3.4', '10.2.0.1'],
    ['the address that a trusted proxy reports', '127.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['the last address that is not a trusted proxy', '127.0.0.1', '6.6.6.6, 1.2.3.4, 10.1.0.9', '1.2.3.4'],
    ['the first address when all are trusted proxies', '127.0.0.1', '10.1.0.8,10.1.0.9', '10.1.0.8'],
    ['an address without its port', '127.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['an address without brackets', '127.0.0.1', '[2001:db8::1]:5678', '2001:db8::1'],
    ['the peer when the last element is invalid', '127.0.0.1', '1.2.3.4, unknown', '127.0.0.1'],
    ['the IPv4 address of an IPv4-mapped peer', '::ffff:127.0.0.1', undefined, '127.0.0.1'],
  ])('is %s', (_what, peer, reported, expected) => {
    expect(clientAddressOf(peerOf(peer, 'http', trusted), reported, trusted)).toBe(expected);
  });
});

describe('clientSchemeOf', () => {
  it.each([
    ['that of the connection', '127.0.0.1', undefined, 'http'],
    ['that of the connection when the peer is not trusted', '10.2.0.1', 'https', 'http'],
    ['the one that a trusted proxy reports', '127.0.0.1', ' HTTPS ', 'https'],
    ['the first of several', '127.0.0.1', 'https, http', 'https'],
    ['that of the connection when the report is none', '127.0.0.1', 'httpsx', 'http'],
  ])('is %s', (_what, peer, reported, expected) => {
    expect(clientSchemeOf(peerOf(peer, 'http', trusted), reported)).toBe(expected);
  });
});

import type { Identity } from '../../exchange/exchange-state.js';
import type { RateLimitKey } from '../../../policy/members/rate-limits.js';
import { networkOf, siteOf } from '../../../config/client-network.js';
import { keyOf as keyOfLimit, type KeyedRequest } from './limit-key.js';

const keyOf = (of: KeyedRequest, key: RateLimitKey, shared = false) => keyOfLimit(of, { key, shared });

const identity: Identity = {
  consumer: 'acme',
  provider: 'partners',
  scopes: [],
  claims: { tenant: 't1', level: 3, groups: ['a', 'b'] },
  fields: new Map(),
};

const request = (fields: Record<string, string> = {}, caller?: Identity) => ({
  clientAddress: '10.0.0.1',
  identity: caller,
  header: (name: string) => fields[name],
});

describe('The key of a limit', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('for the address %s is %s', (address, key) => expect(networkOf(address)).toBe(key));

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2::3', '2001:db8:1'],
    ['2001:db8:1:ffff::', '2001:db8:1'],
    ['', ''],
  ])('for the address %s belongs to the site %s', (address, site) => expect(siteOf(address)).toBe(site));

  it('is the value of the field or claim, the consumer, or the same for all', () => {
    expect(keyOf(request({ 'x-tenant': 't' }), { from: 'header', name: 'x-tenant' })).toBe('t');
    expect(keyOf(request({}, identity), { from: 'consumer' })).toBe('acme');
    expect(keyOf(request({}, identity), { from: 'claim', name: 'tenant' })).toBe('t1');
    expect(keyOf(request({}, identity), { from: 'claim', name: 'level' })).toBe('3');
    expect(keyOf(request({}, identity), { from: 'claim', name: 'groups' })).toBe('["a","b"]');
    expect(keyOf(request(), { from: 'service' })).toBe('');
  });

  it('is the address if there is none, and no value can pretend to be that', () => {
    const key = '\nclient 10.0.0.1';
    expect(keyOf(request(), { from: 'header', name: 'x-tenant' })).toBe(key);
    expect(keyOf(request(), { from: 'consumer' })).toBe(key);
    expect(keyOf(request({}, identity), { from: 'claim', name: 'other' })).toBe(key);
    expect(keyOf(request({ a: key }), { from: 'header', name: 'a' })).toMatch(/^\nsha256 /);
  });

  it('does not show a header field to the store of a shared limit', () => {
    expect(keyOf(request({ a: 'secret' }), { from: 'header', name: 'a' }, true)).toMatch(
      /^\nsha256 [\w-]{43}$/,
    );
    expect(keyOf(request({}, identity), { from: 'consumer' }, true)).toBe('acme');
  });

  it('has a bounded length', () => {
    const [one, other] = ['a', 'b'].map((end) =>
      keyOf(request({ a: 'x'.repeat(8000) + end }), { from: 'header', name: 'a' }),
    );
    expect(one).toHaveLength(51);
    expect(one).not.toBe(other);
  });
});

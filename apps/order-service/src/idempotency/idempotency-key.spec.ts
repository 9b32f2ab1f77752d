import { invalidKey } from './idempotency.problems.js';
import { storedKeyOf } from '../store/stored-key.js';
import { fingerprintOf, parseIdempotencyKey } from './idempotency-key.js';

describe('an Idempotency-Key', () => {
  it.each(['a', '8e03978e-40d5-43dd-bc93-6894a57f9324', '"quoted"', 'x'.repeat(255)])('accepts %s', (key) => {
    expect(parseIdempotencyKey(key)).toBe(key);
  });

  it.each(['', ' ', 'x'.repeat(256), 'two words', 'one, two', 'tab\t', 'é', '\u007f'])(
    'rejects %j',
    (key) => {
      expect(() => parseIdempotencyKey(key)).toThrow(invalidKey());
    },
  );

  it('is optional', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });
});

describe('the stored key', () => {
  it('of a caller is that of no other', () => {
    const callers = [{ userId: 'ann' }, { userId: 'ben' }, { consumer: 'ann' }, { consumer: 'ben' }, {}];
    const keys = callers.map((caller) => storedKeyOf('k', caller));
    const others = [storedKeyOf('n k', { userId: 'an' }), storedKeyOf('l', { userId: 'ann' })];
    expect(new Set([...keys, ...others, 'k']).size).toBe(8);
    expect(storedKeyOf('k', undefined)).toBe('k');
    for (const key of keys) expect(() => parseIdempotencyKey(key)).toThrow(invalidKey());
  });
});

describe('the fingerprint of a body', () => {
  const body = { userId: 'u', items: [{ productId: 'p', quantity: 1 }] };

  it('does not depend on the order of members', () => {
    expect(fingerprintOf({ items: [{ quantity: 1, productId: 'p' }], userId: 'u' })).toBe(
      fingerprintOf(body),
    );
  });

  it.each([
    { ...body, userId: 'v' },
    { ...body, items: [{ productId: 'p', quantity: 2 }] },
    { ...body, items: [{ productId: 'q', quantity: 1 }] },
    { ...body, items: [...body.items, { productId: 'q', quantity: 1 }] },
  ])('differs for %j', (other) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(body));
  });
});

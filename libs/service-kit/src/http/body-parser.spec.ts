import { parseJson } from './body-parser.js';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it('returns undefined for an empty body', () => {
    expect(parse('')).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'rejects a member called %s, which every object inherits, at any depth',
    (name) => {
      expect(() => parse(`{"a":[{"${name}":"x"}]}`)).toThrow(`the body must not have a member "${name}"`);
    },
  );

  it.each([
    ['members', `{${Array.from({ length: 2001 }, (_, n) => `"k${n}":1`).join()}}`],
    ['elements', `{"a":[${'1,'.repeat(2000)}1]}`],
    ['values in all', `{"a":[${'[1],'.repeat(1000)}[1]]}`],
  ])('rejects more %s than validation can process without blocking other requests', (_, text) => {
    expect(() => parse(text)).toThrow('the body has more than 2000 values');
  });

  it('accepts the largest valid order', () => {
    const item = '{"productId":"a","quantity":1}';
    expect(parse(`{"items":[${Array(100).fill(item).join()}]}`)).toHaveProperty('items.length', 100);
  });
});

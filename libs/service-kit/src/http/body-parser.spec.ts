import { parseJson } from './body-parser.js';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it('takes no bytes for no body', () => {
    expect(parse('')).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'refuses a member called %s, which every object inherits, however deep it is',
    (name) => {
      expect(() => parse(`{"a":[{"${name}":"x"}]}`)).toThrow(`the body has a member "${name}"`);
    },
  );

  it.each([
    ['members', `{${Array.from({ length: 2001 }, (_, n) => `"k${n}":1`).join()}}`],
    ['elements', `{"a":[${'1,'.repeat(2000)}1]}`],
    ['values in all', `{"a":[${'[1],'.repeat(1000)}[1]]}`],
  ])('refuses more %s than validation gets through while others wait', (_, text) => {
    expect(() => parse(text)).toThrow('the body has more than 2000 values');
  });

  it('takes a body as large as one that is meant', () => {
    const item = '{"productId":"a","quantity":1}';
    expect(parse(`{"items":[${Array(100).fill(item).join()}]}`)).toHaveProperty('items.length', 100);
  });
});

import { isNotModified, isSameRange } from './conditional.js';
import { FieldLines } from './field-lines.js';
import { requestedRanges } from './ranges.js';
import { variantOf, varyNames } from './vary.js';

const MODIFIED = 'Thu, 01 Jan 2026 00:00:00 GMT';
const EARLIER = 'Wed, 31 Dec 2025 00:00:00 GMT';

describe('A condition of a client', () => {
  const stored = { etag: '"a"', lastModified: MODIFIED };

  it.each<[Record<string, string>, boolean]>([
    [{ 'if-none-match': '"a"' }, true],
    [{ 'if-none-match': '"b", W/"a"' }, true],
    [{ 'if-none-match': '"b,"a"' }, false],
    [{ 'if-none-match': '"b"', 'if-modified-since': MODIFIED }, false],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-modified-since': MODIFIED }, true],
    [{ 'if-modified-since': EARLIER }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{}, false],
  ])('%j is met: %s', (headers, isMet) => {
    expect(isNotModified((name) => headers[name], stored)).toBe(isMet);
  });

  it('on a part needs exactly the same version', () => {
    expect(['"a"', 'W/"a"', '"b"', MODIFIED, EARLIER].map((each) => isSameRange(each, stored))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(isSameRange('W/"a"', { ...stored, etag: 'W/"a"' })).toBe(false);
  });
});

describe('A range', () => {
  const range = (start: number, end: number) => ({ start, end });

  it.each([
    ['bytes=0-1', [range(0, 2)]],
    ['bytes=8-', [range(8, 10)]],
    ['bytes=8-99', [range(8, 10)]],
    ['bytes=-3', [range(7, 10)]],
    ['bytes=-99', [range(0, 10)]],
    ['BYTES=0-0, -1', [range(0, 1), range(9, 10)]],
    ['bytes=10-', []],
    ['bytes=-0', []],
    ['bytes=2-1', undefined],
    ['bytes=', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,x', undefined],
    ['items=0-1', undefined],
    ['bytes=0-9,0-9', undefined],
    [`bytes=${Array(17).fill('0-0').join()}`, undefined],
  ])('%s of ten bytes is %j', (field, ranges) => {
    expect(requestedRanges(field, 10)).toEqual(ranges);
  });
});

describe('Vary', () => {
  const namesIn = (...values: readonly string[]) =>
    varyNames(new FieldLines(values.map((value) => `Vary: ${value}\r\n`).join('')));

  it('names the fields that select a response', () => {
    expect(namesIn('Foo, bar', 'FOO')).toEqual(['bar', 'foo']);
    expect(namesIn()).toEqual([]);
    for (const values of [
      ['*'],
      ['', '*'],
      ['foo, *'],
      [Array.from({ length: 17 }, (_, i) => `a${i}`).join()],
    ])
      expect(namesIn(...values)).toBeUndefined();
  });

  it('distinguishes values, and absent fields from empty ones, but not white space', () => {
    const of = (foo?: string, language = 'en') =>
      variantOf(['accept-language', 'foo'], (name) => (name === 'foo' ? foo : language));
    expect(of(' 1, 2 ')).toBe(of('1,2'));
    expect(of('a')).not.toBe(of('A'));
    expect(of('a', 'EN')).toBe(of('a', 'en'));
    expect(new Set([of(), of(''), of('1'), of('1', 'de')]).size).toBe(4);
  });
});

describe('A value of a request field that selects a response', () => {
  const variant = (value: string): string => variantOf(['x-tenant'], () => value);

  it('has other white space than spaces and tabs as part of it', () => {
    expect(variant('a , b')).toBe(variant('a,b'));
    expect(variant('a\xa0')).not.toBe(variant('a'));
  });

  it('is read in linear time', () => {
    const started = performance.now();
    variant(`a${' '.repeat(50_000)}b`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

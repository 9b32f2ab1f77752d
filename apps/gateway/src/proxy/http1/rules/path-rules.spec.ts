import fc from 'fast-check';
import { escapes } from './path-rules.js';

const ATOMS = ['/', '//', '.', '..', '%2e', '%2E', '%2f', '%5C', '\\', ';x', 'a', 'b.c', '%252e'];
const path = fc.array(fc.constantFrom(...ATOMS), { maxLength: 12 }).map((atoms) => `/${atoms.join('')}`);

/** The lowest depth that a path reaches in one interpretation. */
function lowestDepth(text: string, reading: Reading): number {
  const decoded = reading.decodesSeparators ? text.replace(/%2f|%5c|\\/gi, '/') : text;
  let depth = 0;
  let lowest = 0;
  for (const raw of decoded.split('/')) {
    const segment = (reading.dropsParameters ? raw.split(';')[0]! : raw).replace(/%2e/gi, '.');
    if (segment === '..') depth -= 1;
    else if (segment !== '.' && segment !== '') depth += 1;
    lowest = Math.min(lowest, depth);
  }
  return lowest;
}

interface Reading {
  readonly decodesSeparators: boolean;
  readonly dropsParameters: boolean;
}

const READINGS: readonly Reading[] = [false, true].flatMap((decodesSeparators) =>
  [false, true].map((dropsParameters) => ({ decodesSeparators, dropsParameters })),
);

describe('escapes', () => {
  it.each(['/', '/a/..', '/a/./b', '/a/b/../../c', '/...', '/.hidden', '/a..', '/%252e%252e/', '/a%2Fb'])(
    'accepts %s',
    (text) => expect(escapes(text)).toBe(false),
  );

  it.each([
    '/..',
    '/a/../..',
    '/%2e%2E',
    '/..%2f',
    '/..;x',
    '/\\..',
    '//..',
    '/a%2f..%5c..',
    '/a%2fb/../..',
    '/;x\\a/..',
  ])('rejects %s', (text) => expect(escapes(text)).toBe(true));

  it('rejects every path that leads out of the root in some interpretation', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (!escapes(text)) for (const reading of READINGS) expect(lowestDepth(text, reading)).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });
});

import fc from 'fast-check';
import { escapes } from './path-rules.js';

const ATOMS = ['/', '//', '.', '..', '%2e', '%2E', '%2f', '%5C', '\\', ';x', 'a', 'b.c', '%252e'];
const path = fc.array(fc.constantFrom(...ATOMS), { maxLength: 12 }).map((atoms) => `/${atoms.join('')}`);

/** Depths that a path reaches for a server that reads it in one particular way. */
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
    'lets %s pass',
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
  ])('stops %s', (text) => expect(escapes(text)).toBe(true));

  it('lets nothing pass that leads out for any server', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (!escapes(text)) for (const reading of READINGS) expect(lowestDepth(text, reading)).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });
});

import fc from 'fast-check';
import { PathRewrite } from '../../http1/rules/path-rewrite.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { InternalPaths } from './internal-paths.js';
import { InternalPathsStage } from './internal-paths.stage.js';

const PREFIXES = ['/inner', '/a/b'];
const paths = new InternalPaths(PREFIXES);

const ATOMS = [
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%2f',
  '%5C',
  '\\',
  ';x',
  '%3B',
  'inner',
  'INNER',
  '%69nner',
  'a',
  'b',
  'B',
];
const path = fc.array(fc.constantFrom(...ATOMS), { maxLength: 12 }).map((atoms) => `/${atoms.join('')}`);

/** Ways in which a server may interpret a path. */
interface Reading {
  readonly decodesSeparators: boolean;
  readonly dropsParameters: boolean;
  readonly mergesSlashes: boolean;
  readonly resolvesDots: boolean;
  readonly ignoresCase: boolean;
}

const both = [false, true];
const READINGS: readonly Reading[] = both.flatMap((decodesSeparators) =>
  both.flatMap((dropsParameters) =>
    both.flatMap((mergesSlashes) =>
      both.flatMap((resolvesDots) =>
        both.map((ignoresCase) => ({
          decodesSeparators,
          dropsParameters,
          mergesSlashes,
          resolvesDots,
          ignoresCase,
        })),
      ),
    ),
  ),
);

const resolved = (segments: readonly string[]): string[] => {
  const left: string[] = [];
  for (const segment of segments) {
    if (segment === '..') left.pop();
    else if (segment !== '.') left.push(segment);
  }
  return left;
};

/** The path that a server with this interpretation serves. */
function served(text: string, reading: Reading): string {
  const separated = reading.decodesSeparators ? text.replace(/%2f|%5c|\\/gi, '/') : text;
  let segments = separated
    .slice(1)
    .split('/')
    .map((raw) => {
      const segment = reading.dropsParameters ? raw.split(';')[0]! : raw;
      return segment.replace(/%([0-9a-f]{2})/gi, (_all, digits: string) =>
        String.fromCharCode(parseInt(digits, 16)),
      );
    });
  if (reading.mergesSlashes) segments = segments.filter((segment) => segment !== '');
  if (reading.resolvesDots) segments = resolved(segments);
  const joined = `/${segments.join('/')}`;
  return reading.ignoresCase ? joined.toLowerCase() : joined;
}

const isUnder = (text: string): boolean =>
  PREFIXES.some((prefix) => text === prefix || text.startsWith(`${prefix}/`));

describe('InternalPaths', () => {
  it('cover every path that some interpretation maps to an internal path', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (READINGS.some((reading) => isUnder(served(text, reading)))) expect(paths.covers(text)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '/inner',
    '/inner/',
    '/inner/x',
    '/INNER/x',
    '/inner.json',
    '/inner.',
    '/inner%20',
    '/inner%00x',
    '/%2569nner',
    '/%252569nner',
    '/a/b',
    '/a//b/c',
    '/a/x/../b',
    '/x/../a/b',
    '/a%2Fb',
    '/;x%5C.../inner',
  ])('cover %s', (text) => expect(paths.covers(text)).toBe(true));

  it.each([
    '/',
    '/innermost',
    '/inner-x',
    '/inner_x/y',
    '/x/inner',
    '/a',
    '/b/a',
    '/a/bc',
    '/x%2Finner',
    '/a/../c',
    '/b/../a/x',
    '/x?inner',
  ])('do not cover %s', (text) => expect(paths.covers(text)).toBe(false));

  it('cover everything when the prefix is "/"', () => {
    const all = new InternalPaths(['/']);
    expect(['/', '/x', '//x', '/x/../y'].every((text) => all.covers(text))).toBe(true);
  });

  it('are matched in time proportional to the length of the path', () => {
    const startedAt = performance.now();
    for (const atom of ['%25', '../', '%2f', ';', '.', '//', 'a/b/../'])
      paths.covers(`/${atom.repeat(16_000 / atom.length)}`);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('The internal paths stage', () => {
  it('checks the path that the instance receives after a rewrite', () => {
    const rewrite = new PathRewrite({ path: '/public', isExact: false }, '/');
    const stage = new InternalPathsStage(paths, () => false, rewrite);
    const statusOf = (upstreamTarget: string) =>
      stage.request(Object.assign(new FakeExchange(), { upstreamTarget }))?.status;
    expect(statusOf('/public/inner/x')).toBe(404);
    expect(statusOf('/public/x?/inner')).toBeUndefined();
  });
});

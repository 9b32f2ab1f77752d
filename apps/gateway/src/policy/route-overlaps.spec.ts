import fc from 'fast-check';
import { compareMatches, matchKey, pathKey, type RouteMatch } from './route-match.js';
import { RouteOverlaps } from './route-overlaps.js';

const matchOf = (members: Partial<RouteMatch>): RouteMatch => ({
  service: 'users',
  path: undefined,
  methods: undefined,
  headers: undefined,
  query: undefined,
  ...members,
});

/** Whether a request can match both, and neither is more specific. */
function overlap(a: RouteMatch, b: RouteMatch): boolean {
  if (a.service !== b.service || pathKey(a) !== pathKey(b) || compareMatches(a, b) !== 0) return false;
  if (a.methods && !a.methods.some((each) => b.methods?.includes(each))) return false;
  const agree = (one: RouteMatch['query'], other: RouteMatch['query']): boolean =>
    [...(one ?? [])].every(([name, value]) => (other?.get(name) ?? value) === value);
  return agree(a.headers, b.headers) && agree(a.query, b.query);
}

const conditions = fc.option(
  fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 3 })
    .map((record) => new Map(Object.entries(record))),
  { nil: undefined },
);
const match = fc
  .record({
    service: fc.constantFrom('users', 'orders'),
    path: fc.constantFrom(undefined, { isExact: true, path: '/a' }, { isExact: false, path: '/a' }),
    methods: fc.option(fc.subarray(['GET', 'PUT', 'POST'], { minLength: 1 }), { nil: undefined }),
    headers: conditions,
    query: conditions,
  })
  .map(matchOf);

describe('Routes that only their order tells apart', () => {
  it('are found, and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(match, { selector: matchKey, maxLength: 12 }), (matches) => {
        const overlaps = new RouteOverlaps();
        matches.forEach((each, i) => {
          const found = overlaps.add(String(i), each);
          const expected = matches.slice(0, i).some((earlier) => overlap(earlier, each));
          expect(found !== undefined).toBe(expected);
          if (found !== undefined) expect(overlap(matches[Number(found)]!, each)).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('have equal header names in any case', () => {
    const overlaps = new RouteOverlaps();
    overlaps.add('a', matchOf({ headers: new Map([['X-A', '1']]) }));
    expect(overlaps.add('b', matchOf({ headers: new Map([['x-a', '2']]) }))).toBeUndefined();
  });

  it.each<[string, (i: number) => Partial<RouteMatch>]>([
    ['the value of one header', (i) => ({ headers: new Map([['x-tenant', String(i)]]) })],
    ['the name of one header', (i) => ({ headers: new Map([[`x-${i}`, 'a']]) })],
    [
      'a value beside a name of their own',
      (i) => ({
        headers: new Map([
          ['x-tenant', String(i)],
          [`x-${i}`, 'a'],
        ]),
      }),
    ],
    ['the method', (i) => ({ methods: [`M${i}`] })],
    [
      'a subset of names',
      (i) => ({
        headers: new Map(
          Array.from({ length: 14 }, (_, n) => [`${(i >> n) & 1 ? 'x' : `y${i}`}-${n}`, String(i)]),
        ),
      }),
    ],
  ])('are looked for among 10,000 that differ in %s in time that is linear', (_what, members) => {
    const overlaps = new RouteOverlaps();
    const before = process.cpuUsage();
    for (let i = 0; i < 10_000; i += 1) overlaps.add(String(i), matchOf(members(i)));
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).toBeLessThan(5);
  });
});

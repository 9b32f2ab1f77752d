import fc from 'fast-check';
import { AMBIGUOUS_PATH } from '../../../policy/route-match.js';
import { PathRewrite } from './path-rewrite.js';

const rewriteOf = (path: string, replacement: string, isExact = false): PathRewrite =>
  new PathRewrite({ path, isExact }, replacement);

describe('A path rewrite', () => {
  it.each([
    ['/foo', '/xyz', '/foo/bar', '/xyz/bar'],
    ['/foo', '/xyz/', '/foo/bar', '/xyz/bar'],
    ['/foo', '/xyz', '/foo', '/xyz'],
    ['/foo', '/xyz', '/foo?a=/foo', '/xyz?a=/foo'],
    ['/foo', '/xyz', '/foo/', '/xyz/'],
    ['/foo', '/', '/foo/bar', '/bar'],
    ['/foo', '/', '/foo', '/'],
    ['/foo', '/', '/foo?a', '/?a'],
    ['/foo', '/', '/foo/', '/'],
    ['', '/v2', '/a', '/v2/a'],
    ['', '/v2', '/', '/v2/'],
    ['', '/v2', '//a', '/v2/a'],
    ['', '/', '/a?b', '/a?b'],
  ])('of the prefix %j to %j makes of %j %j', (path, replacement, target, upstream) =>
    expect(rewriteOf(path, replacement).upstream(target)).toBe(upstream),
  );

  it.each([
    ['/a', '/v2', '/a', '/v2'],
    ['/a', '/v2/', '/a?b', '/v2/?b'],
    ['/a/', '/', '/a/?b', '/?b'],
  ])('of exactly %j to %j makes of %j %j', (path, replacement, target, upstream) =>
    expect(rewriteOf(path, replacement, true).upstream(target)).toBe(upstream),
  );

  it.each([
    ['/foo', '/v2', false, '/v2/x?y', '/foo/x?y'],
    ['/foo', '/v2', false, '/v2', '/foo'],
    ['/foo', '/v2', false, '/v20', undefined],
    ['/foo', '/v2', false, '/login', undefined],
    ['/foo', '/', false, '/x', '/foo/x'],
    ['', '/v2', false, '/v2/x', '/x'],
    ['/foo', '/v2', true, '/v2#a', '/foo#a'],
    ['/foo', '/v2', true, '/v2/x', undefined],
  ])('of %j to %j (exact: %s) maps %j back to %j', (path, replacement, isExact, upstream, downstream) =>
    expect(rewriteOf(path, replacement, isExact).downstream(upstream)).toBe(downstream),
  );

  it('gives the instance the path that the policy saw, under another prefix, and maps it back', () => {
    const segments = fc.array(fc.constantFrom('a', 'foo', '%C3%A9', 'x.y', '~', '+'), { maxLength: 4 });
    const prefix = segments.map((names) => names.map((name) => `/${name}`).join(''));
    const rest = fc.tuple(prefix, fc.constantFrom('', '/', '?q', '/?q=//x'));
    fc.assert(
      fc.property(prefix, prefix, rest, (matched, replacement, [path, end]) => {
        const under = (prefix: string): string => (prefix + path + end).replace(/^(?!\/)/, '/');
        fc.pre((matched + path + end).startsWith('/'));
        const target = under(matched);
        const rewrite = rewriteOf(matched, replacement || '/');
        const upstream = rewrite.upstream(target);
        expect(upstream).toBe(under(replacement));
        expect(AMBIGUOUS_PATH.test(upstream.replace(/\?.*/s, ''))).toBe(false);
        // A slash that an empty path needs is not removed again.
        if (upstream === replacement + path + end)
          expect(rewrite.downstream(upstream)?.replace(/^(?!\/)/, '/')).toBe(target);
      }),
    );
  });
});

import type { CacheControl } from './cache-control.js';
import { FieldLines } from './field-lines.js';
import { explicitLifetime } from './freshness.js';
import { effectiveControl } from './targeted-control.js';

const fieldsOf = (lines: readonly string[]): FieldLines =>
  new FieldLines(lines.map((line) => `${line}\r\n`).join(''));

const controlOf = (...lines: string[]): CacheControl => effectiveControl(fieldsOf(lines));

const GENERAL = 'Cache-Control: max-age=7, s-maxage=8';

describe('a field for this cache', () => {
  it.each(['CDN-Cache-Control', 'Surrogate-Control'])('replaces Cache-Control: %s', (field) => {
    const control = controlOf('Cache-Control: no-store', `${field}: max-age=60`);
    expect(control.isTargeted).toBe(true);
    expect(control.has('no-store')).toBe(false);
    expect(control.seconds('max-age')).toBe(60);
  });

  it('of RFC 9213 takes precedence over the older one', () => {
    const control = controlOf('Surrogate-Control: max-age=1', 'CDN-Cache-Control: max-age=2');
    expect(control.seconds('max-age')).toBe(2);
  });

  it.each([
    ['no-store', 'no-store'],
    ['foo, private', 'private'],
    ['no-cache;why="a, b", max-age=5', 'no-cache'],
    ['no-cache=("a" "b")', 'no-cache'],
    ['must-revalidate=?1', 'must-revalidate'],
  ])('has directives: %s', (value, directive) => {
    expect(controlOf(GENERAL, `CDN-Cache-Control: ${value}`).has(directive)).toBe(true);
  });

  it('may switch a directive off', () => {
    expect(controlOf('CDN-Cache-Control: private, private=?0').has('private')).toBe(false);
  });

  it.each([
    '',
    'max-age="60"',
    'max-age=60.5',
    'max-age',
    'max-age =60',
    'max-age= 60',
    'Max-Age=60',
    'max-age=60,',
    'max-age=60, &&&&&',
    'max-age=60 no-cache',
  ])('is ignored if it is invalid: "%s"', (value) => {
    const control = controlOf(GENERAL, `CDN-Cache-Control: ${value}`);
    expect(control.isTargeted).toBe(false);
    expect(control.seconds('max-age')).toBe(7);
  });

  it('does not concern this cache where it names another one', () => {
    const control = controlOf('Surrogate-Control: max-age=60;other, no-store');
    expect(control.seconds('max-age')).toBeUndefined();
    expect(control.has('no-store')).toBe(true);
  });

  it('replaces Expires, also without a lifetime of its own', () => {
    const date = Date.UTC(2026, 10, 27, 12, 0, 0);
    const secondsWith = (...lines: string[]): number => {
      const fields = fieldsOf(['Expires: Fri, 27 Nov 2026 13:00:00 GMT', ...lines]);
      return (
        (explicitLifetime(fields, effectiveControl(fields), { sentAt: 0, receivedAt: 0, date }) ?? NaN) / 1000
      );
    };
    expect(secondsWith()).toBe(3600);
    expect(secondsWith('CDN-Cache-Control: max-age=5')).toBe(5);
    expect(secondsWith('CDN-Cache-Control: public')).toBeNaN();
  });
});

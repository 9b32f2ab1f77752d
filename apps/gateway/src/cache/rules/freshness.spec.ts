import { CacheControl } from './cache-control.js';
import { FieldLines } from './field-lines.js';
import { explicitLifetime, forwardReason, initialAge, isInWindow, timeLeft } from './freshness.js';
import { parseHttpDate } from './http-date.js';

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
const ARRIVAL = { sentAt: 1000, receivedAt: 3000, date: Date.UTC(2026, 0, 1, 0, 0, 10) };

const fieldsOf = (...lines: readonly string[]): FieldLines =>
  new FieldLines(lines.map((line) => `${line}\r\n`).join(''));

describe('The lifetime of a response', () => {
  it.each<[string[], number | undefined]>([
    [[], undefined],
    [['Last-Modified: Wed, 31 Dec 2025 00:00:00 GMT'], undefined],
    [['Cache-Control: max-age=60'], 60_000],
    [['Cache-Control: max-age=60', 'cache-control: s-maxage=5'], 5000],
    [['Cache-Control: max-age=0', 'Expires: Thu, 01 Jan 2026 01:00:00 GMT'], 0],
    [[`Date: ${DATE}`, 'Expires: Thu, 01 Jan 2026 00:01:00 GMT'], 60_000],
    [['Date: broken', 'Expires: Thu, 01 Jan 2026 00:01:00 GMT'], 50_000],
    [['Expires: Thursday, 01-Jan-26 00:01:10 GMT'], 60_000],
    [['Expires: Thu Jan  1 00:01:10 2026'], 60_000],
    [['Expires: 0'], 0],
    [['Expires: Thu, 01 Jan 2026 01:00:00 UTC'], 0],
    [[`Expires: ${DATE}`, 'Expires: Thu, 01 Jan 2027 00:00:00 GMT'], 0],
  ])('with %j is %s ms', (lines, lifetime) => {
    const fields = fieldsOf(...lines);
    expect(explicitLifetime(fields, CacheControl.parse(fields.get('cache-control')), ARRIVAL)).toBe(lifetime);
  });

  it.each<[string[], number]>([
    [[], 2000],
    [['Age: 5'], 7000],
    [[`Date: ${DATE}`, 'Age: 5'], 10_000],
    [['Date: Thu, 01 Jan 2026 01:00:00 GMT'], 2000],
  ])('begins before its arrival with %j: %s ms', (lines, age) => {
    expect(initialAge(fieldsOf(...lines), ARRIVAL)).toBe(age);
  });
});

describe('A stored response', () => {
  const stored = {
    receivedAt: 1000,
    initialAge: 10_000,
    lifetime: 60_000,
    needsValidation: false,
    forbidsStale: false,
  };
  const reasonFor = (request: string, seconds: number, changes: Partial<typeof stored> = {}) =>
    forwardReason({ ...stored, ...changes }, CacheControl.parse(request), 1000 + seconds * 1000);

  it('is used until its lifetime ends', () => {
    expect(timeLeft(stored, 1000)).toBe(50_000);
    expect([reasonFor('', 49.9), reasonFor('', 50)]).toEqual([undefined, 'stale']);
    expect(reasonFor('', 0, { needsValidation: true })).toBe('stale');
  });

  it.each([
    ['max-age=20', 9, undefined],
    ['max-age=20', 11, 'request'],
    ['max-age=x', 0, 'request'],
    ['min-fresh=20', 29, undefined],
    ['min-fresh=20', 31, 'request'],
    ['no-cache', 0, 'request'],
    ['max-stale', 1000, undefined],
    ['max-stale=5', 54, undefined],
    ['max-stale=5', 56, 'stale'],
    ['nothing-to-see-here', 0, undefined],
  ] as const)('for a request with %s after %s s: %s', (request, seconds, reason) => {
    expect(reasonFor(request, seconds)).toBe(reason);
  });

  it('is not used after its lifetime if it forbids that', () => {
    expect(reasonFor('max-stale', 51, { forbidsStale: true })).toBe('stale');
    expect(isInWindow(stored, 0, 1000)).toBe(false);
    expect(isInWindow(stored, 1000, 51_500)).toBe(true);
    expect(isInWindow(stored, 1000, 52_000)).toBe(false);
    expect(isInWindow({ ...stored, needsValidation: true }, 1000, 1000)).toBe(false);
  });
});

describe('A date', () => {
  it.each([
    'Thu, 01 Jan 2026 0:00:00 GMT',
    'Thu, 1 Jan 2026 00:00:00 GMT',
    'Thu, 01 Jan 2026 00:00:00 +0100',
    '2026-01-01',
    '',
  ])('%j is none of HTTP', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it('with two digits of the year is at most 50 years ahead', () => {
    const year = new Date().getUTCFullYear();
    const yearOf = (digits: number) =>
      new Date(
        parseHttpDate(`Monday, 01-Jun-${String(digits % 100).padStart(2, '0')} 00:00:00 GMT`) ?? NaN,
      ).getUTCFullYear();
    expect([yearOf(year + 50), yearOf(year + 51)]).toEqual([year + 50, year - 49]);
  });
});

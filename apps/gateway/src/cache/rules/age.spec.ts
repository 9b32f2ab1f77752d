import { CacheControl } from './cache-control.js';
import { FieldLines } from './field-lines.js';
import { explicitLifetime, initialAge, type Arrival } from './freshness.js';

const DATE = 'Date: Fri, 27 Nov 2026 12:00:00 GMT';
const ARRIVAL: Arrival = { sentAt: 0, receivedAt: 0, date: Date.UTC(2026, 10, 27, 12, 0, 0) };

const fieldsOf = (lines: readonly string[]): FieldLines =>
  new FieldLines(lines.map((line) => `${line}\r\n`).join(''));

/** Seconds for which a response with these fields is fresh from now on. */
function freshSeconds(...lines: string[]): number {
  const fields = fieldsOf([DATE, ...lines]);
  const lifetime = explicitLifetime(fields, CacheControl.parse(fields.get('cache-control')), ARRIVAL) ?? NaN;
  return (lifetime - initialAge(fields, ARRIVAL)) / 1000;
}

describe('Age', () => {
  it.each([
    ['Age: 50', 50],
    ['Age: 7200', -7100],
    ['Age: 2147483648', 100 - 2 ** 31],
  ])('is subtracted from the lifetime: %s', (age, expected) => {
    expect(freshSeconds('Cache-Control: max-age=100', age)).toBe(expected);
  });

  it.each([[['Age: 0, 7200']], [['Age: 0', 'Age: 7200']], [['Age: 0 , 0']]])(
    'is the first one of several: %j',
    (ages) => {
      expect(freshSeconds('Cache-Control: max-age=100', ...ages)).toBe(100);
    },
  );

  it.each(['abc', '-7200', '7200.0', '7200;a=b', ''])('leaves nothing if it is invalid: "%s"', (age) => {
    expect(freshSeconds('Cache-Control: max-age=100', `Age: ${age}`)).toBe(0);
  });
});

import { parseHttpDate } from './http-date.js';

const AUGUST = Date.UTC(2050, 7, 18, 2, 1, 18);

describe('a date of HTTP', () => {
  it.each([
    'Thu, 18 Aug 2050 02:01:18 GMT',
    'Thursday, 18-Aug-50 02:01:18 GMT',
    'Thu Aug 18 02:01:18 2050',
    'THU, 18 Aug 2050 02:01:18 GMT',
    'Thu, 18 AUG 2050 02:01:18 GMT',
    'Thu, 18 Aug 2050 02:01:18 gmt',
  ])('may have one of three formats, in any case: %s', (text) => {
    expect(parseHttpDate(text)).toBe(AUGUST);
  });

  it.each([
    '0',
    'Thu, 18 Aug 2050 02:01:18 UTC',
    'Thu, 18 Aug 2050 02:01:18 AEST',
    'Thu, 18 Aug 50 02:01:18 GMT',
    'Thu 18 Aug 2050 02:01:18 GMT',
    'Thu, 18  Aug  2050 02:01:18 GMT',
    'Thu, 18-Aug-2050 02:01:18 GMT',
    'Thu, 18 Aug 2050 02.01.18 GMT',
    'Thu, 18 Aug 2050 2:01:18 GMT',
    'Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:19 GMT',
  ])('has no other format: %s', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });
});

import { isoSecond, rounded } from './rounded.js';

describe('rounded', () => {
  it.each([
    [0, 0],
    [0.123456, 0.123],
    [0.0004567, 0.000457],
    [12.345, 12.3],
    [99.96, 100],
    [1234, 1230],
    [164_434_944, 164_000_000],
    [NaN, 0],
    [Infinity, 0],
  ])('rounds %d to %d', (value, expected) => {
    expect(rounded(value)).toBe(expected);
  });

  it('prints no more than three digits', () => {
    for (let i = 1; i < 3000; i += 1)
      expect(String(rounded(i * 0.0137)).replace(/^0\.0*|\./g, '').length).toBeLessThanOrEqual(3);
  });
});

describe('isoSecond', () => {
  it('drops milliseconds', () => {
    expect(isoSecond(Date.parse('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05.000Z');
  });

  it('is right for more seconds than it remembers', () => {
    for (let second = 0; second < 1000; second += 1)
      for (const ms of [second * 1000, second * 1000 + 999])
        expect(isoSecond(ms)).toBe(new Date(second * 1000).toISOString());
  });
});

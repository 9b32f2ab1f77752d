import { backoffMs } from './backoff.js';

describe('the retry delay', () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [4, 2500, 5000],
    [1000, 2500, 5000],
  ])('after %i failed attempts is from %i to %i ms', (attempts, least, most) => {
    expect(backoffMs(attempts, () => 0)).toBe(least);
    expect(backoffMs(attempts, () => 1)).toBe(most);
  });
});

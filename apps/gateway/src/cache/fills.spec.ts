import { Fills } from './fills.js';

describe('The keys of uncacheable responses', () => {
  it('are remembered up to a total length', () => {
    const fills = new Fills();
    const keys = Array.from({ length: 1000 }, (_, i) => `${i}?${'a'.repeat(15_000)}`);
    for (const key of keys) fills.markUncacheable(key);
    const known = keys.filter((key) => fills.isUncacheable(key));
    expect(known.length).toBeGreaterThan(200);
    expect(known.length).toBeLessThan(300);
    expect(known.at(-1)).toBe(keys.at(-1));
  });
});

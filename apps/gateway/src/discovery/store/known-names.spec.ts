import { KnownNames, NAMES_KEPT } from './known-names.js';

describe('KnownNames', () => {
  it('keeps a limited number of names, the latest ones', () => {
    const names = new KnownNames(1000);
    const forgotten: string[] = [];
    names.watch((name) => !names.all.has(name) && forgotten.push(name));
    for (let i = 0; i < NAMES_KEPT; i += 1) names.recordSeen(`s${i}`, i + 1);
    names.recordSeen('s0', NAMES_KEPT + 1);
    names.recordSeen('new', NAMES_KEPT + 2);
    expect(names.all.size).toBe(NAMES_KEPT);
    expect(forgotten).toEqual(['s1']);
  });

  it('drops a name when its retention ends', () => {
    const names = new KnownNames(1000);
    names.recordSeen('users', 5000);
    names.prune(5999);
    expect([...names.all]).toEqual([['users', 5000]]);
    names.prune(6000);
    expect([...names.all]).toEqual([]);
  });

  it('keeps the later of two times', () => {
    const names = new KnownNames(1000);
    names.recordSeen('users', 5000);
    names.recordSeen('users', 4000);
    names.replace(new Map([['users', 4500]]));
    expect(names.all.get('users')).toBe(5000);
  });
});

import { instanceOf } from '../testing/instances.js';
import { hashOf } from './text-hash.js';
import { VersionPool } from './version-pool.js';
import { WeightedVersions } from './weighted-versions.js';

type Weights = Readonly<Record<string, number>>;

const versionsOf = (weights: Weights): WeightedVersions =>
  new WeightedVersions(
    Object.entries(weights).map(([version, weight]) => ({
      pool: new VersionPool(version, () => ({ name: 'none', pick: () => undefined })),
      weight,
    })),
  );

/** Client addresses, as the default cohort has them. */
const COHORTS = Array.from({ length: 20_000 }, (_, i) => hashOf(`10.0.${i >> 8}.${i & 255}`));
const homesOf = (weights: Weights, cohorts = COHORTS): string[] => {
  const versions = versionsOf(weights);
  return cohorts.map((cohort) => versions.home(cohort));
};
const shareOf = (version: string, homes: readonly string[]): number =>
  homes.filter((each) => each === version).length / homes.length;

/** A random number generator with a seed, so that a failure can be repeated. */
const randomFrom = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const UNTRIED = { hasTried: () => false };

describe('WeightedVersions', () => {
  it.each<Weights>([
    { '1.0.0': 95, '2.0.0': 5 },
    { '1.0.0': 1, '1.0.1': 1 },
    { '1.0.0': 60, '2.0.0': 30, '2.1.0-rc.1': 10 },
    { a: 1, b: 1, c: 1, d: 1, e: 1 },
    { '1.0.0': 999, '2.0.0': 1 },
  ])('give each version its share of the cohorts: %j', (weights) => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight);
    const homes = homesOf(weights);
    for (const [version, weight] of Object.entries(weights)) {
      const expected = weight / total;
      // Five standard deviations.
      const tolerance = 5 * Math.sqrt((expected * (1 - expected)) / COHORTS.length);
      expect(Math.abs(shareOf(version, homes) - expected)).toBeLessThan(tolerance);
    }
  });

  it('keep each cohort while weights grow, except those that the growing version takes', () => {
    const random = randomFrom(7);
    const cohorts = COHORTS.slice(0, 2_000);
    let moved = 0;
    for (let run = 0; run < 20; run += 1) {
      const names = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, i) => `${i}.${run}.0`);
      const weights = Object.fromEntries(names.map((name) => [name, 1 + Math.floor(random() * 100)]));
      let before = homesOf(weights, cohorts);
      for (let step = 0; step < 4; step += 1) {
        const grown = names[Math.floor(random() * names.length)]!;
        weights[grown]! += 1 + Math.floor(random() * 100);
        const after = homesOf(weights, cohorts);
        const changed = after.filter((home, i) => home !== before[i]);
        expect(changed.filter((home) => home !== grown)).toEqual([]);
        moved += changed.length;
        before = after;
      }
    }
    expect(moved).toBeGreaterThan(5 * cohorts.length);
  });

  it('keep the cohorts of a canary while it is rolled out', () => {
    const canary = [5, 10, 25, 50, 90, 100].map((weight) =>
      homesOf({ '1.0.0': 100 - weight, '2.0.0': weight }).map((home) => home === '2.0.0'),
    );
    for (const [i, next] of canary.slice(1).entries())
      expect(canary[i]!.every((isCanary, cohort) => !isCanary || next[cohort])).toBe(true);
    expect(canary.at(-1)!.every(Boolean)).toBe(true);
  });

  it('move only the cohorts of a version without instances, by the weights of the others, and bring them back', () => {
    const versions = versionsOf({ a: 60, b: 30, c: 10 });
    const homes = COHORTS.map((cohort) => versions.home(cohort));
    const withoutA = ['b', 'c'].map((version) => instanceOf({ id: version, version }));
    const moved = COHORTS.map((cohort) => versions.select(cohort, withoutA, UNTRIED));
    expect(moved.every((version, i) => homes[i] === 'a' || version === homes[i])).toBe(true);
    const ofA = moved.filter((_, i) => homes[i] === 'a') as string[];
    expect(shareOf('b', ofA)).toBeCloseTo(0.75, 1);
    const all = [...withoutA, instanceOf({ id: 'a', version: 'a' })];
    expect(COHORTS.map((cohort) => versions.select(cohort, all, UNTRIED))).toEqual(homes);
  });

  it('never use a version of weight 0, nor one that is not listed', () => {
    const versions = versionsOf({ old: 0, new: 1 });
    const others = ['old', 'other'].map((version) => instanceOf({ id: version, version }));
    expect(versions.select(1, others, UNTRIED)).toBeUndefined();
    expect(new Set(homesOf({ old: 0, new: 1 }))).toEqual(new Set(['new']));
  });

  it('skip a version of which all instances have been tried', () => {
    const versions = versionsOf({ a: 1, b: 1 });
    const instances = ['a', 'b'].map((version) => instanceOf({ id: version, version }));
    const tried = { hasTried: ({ id }: { id: string }) => id === 'a' };
    expect(new Set(COHORTS.map((cohort) => versions.select(cohort, instances, tried)))).toEqual(
      new Set(['b']),
    );
  });

  it('agree on every gateway, whatever the order in the file, and in every release', () => {
    const weights = { '1.0.0': 70, '2.0.0': 30 };
    expect(homesOf({ '2.0.0': 30, '1.0.0': 70 })).toEqual(homesOf(weights));
    // A change of these would move the cohorts of every installation.
    const users = ['ann', 'ben', 'cleo', 'dan', 'eve'].map((user) => hashOf(user));
    expect(homesOf(weights, users)).toEqual(['2.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0']);
  });
});

import type { IntegerKind } from '../config/metadata-setting.js';
import { METADATA_SECTIONS, policyOf } from './policy-of-metadata.js';

const settings = Object.values(METADATA_SECTIONS).flatMap((section) => Object.values(section));
const faultsOf = (key: string, value: string | number): readonly string[] =>
  policyOf(JSON.stringify([[key, String(value)]])).faults;

describe('The settings that metadata can declare', () => {
  it('have different keys', () => {
    const keys = settings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !/^gateway\.[a-z.-]+$/.test(key))).toEqual([]);
  });

  const declarable = settings.filter(({ kind, standard }) => kind.write(standard) !== '');

  it.each(declarable)('accept the default of $key', ({ key, kind, standard }) => {
    expect(kind.read(kind.write(standard))).toEqual(standard);
    expect(faultsOf(key, kind.write(standard))).toEqual([]);
  });

  const ranges = settings.flatMap(({ key, kind }) =>
    'least' in kind ? [[key, kind as IntegerKind] as const] : [],
  );

  it.each(ranges)('accept the range of %s, and nothing beyond', (key, { least, most }) => {
    expect([least, most].flatMap((value) => faultsOf(key, value))).toEqual([]);
    expect([least - 1, most + 1].map((value) => faultsOf(key, value).length)).toEqual([1, 1]);
  });
});

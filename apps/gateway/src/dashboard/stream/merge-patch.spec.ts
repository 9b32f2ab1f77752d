import { mergePatchOf } from './merge-patch.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** RFC 7396, section 2, word by word. */
function apply(target: Json | undefined, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const isObject = target !== null && typeof target === 'object' && !Array.isArray(target);
  const result: { [name: string]: Json } = isObject ? { ...(target as object) } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = apply(result[name], value);
  }
  return result;
}

/** What a reader of patches knows: it cannot tell `null` from absent. */
function withoutNulls(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

/** A generator of values that repeats itself, so that a failure does. */
function values(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

function randomValue(random: () => number, depth: number): Json {
  const kind = Math.floor(random() * (depth > 0 ? 7 : 5));
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return Math.floor(random() * 3);
  if (kind === 3) return 'ab'.charAt(Math.floor(random() * 2));
  if (kind === 4) return Array.from({ length: Math.floor(random() * 3) }, () => Math.floor(random() * 2));
  return randomObject(random, depth - 1);
}

function randomObject(random: () => number, depth: number): { [name: string]: Json } {
  const names = ['a', 'b', 'c', 'd'].filter(() => random() < 0.6);
  return Object.fromEntries(names.map((name) => [name, randomValue(random, depth)]));
}

describe('mergePatchOf', () => {
  it('leads from the first state to the present one, whatever they are', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = values(seed);
      let state = randomObject(random, 4);
      let known = apply({}, state);
      for (let step = 0; step < 20; step += 1) {
        const next = randomObject(random, 4);
        const patch = mergePatchOf(state, next);
        if (patch) known = apply(known, JSON.parse(JSON.stringify(patch)) as Json);
        state = next;
        expect(withoutNulls(known)).toEqual(withoutNulls(state));
      }
    }
  });

  it('names only what has changed', () => {
    const before = { at: 1, services: { a: { rate: 1, versions: ['1'] }, b: { rate: 2 } }, same: { x: 1 } };
    const after = { at: 2, services: { a: { rate: 3, versions: ['1'] }, c: { rate: 4 } }, same: { x: 1 } };
    expect(mergePatchOf(before, after)).toEqual({
      at: 2,
      services: { a: { rate: 3 }, b: null, c: { rate: 4 } },
    });
    expect(mergePatchOf(before, structuredClone(before))).toBeUndefined();
  });

  it('removes a member that becomes null, and mentions no null that stays', () => {
    expect(mergePatchOf({ a: 1, b: null }, { a: null, b: null })).toEqual({ a: null });
  });
});

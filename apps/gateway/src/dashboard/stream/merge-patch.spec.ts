import fc from 'fast-check';
import { mergePatchOf } from './merge-patch.js';

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7396, section 2, word by word. */
function apply(target: unknown, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch))
    if (value === null) result.delete(name);
    else result.set(name, apply(result.get(name), value));
  return Object.fromEntries(result);
}

/** What a reader of patches knows: it cannot tell `null` from absent. */
function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

/** Few names and values, so that states have much in common. */
const { state } = fc.letrec<{ value: Json; state: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, 1, 'a'),
    fc.array(fc.nat(1), { maxLength: 2 }),
    tie('state'),
  ),
  state: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { noNullPrototype: true }),
}));

describe('mergePatchOf', () => {
  it('leads from the first state to the present one, whatever they are', () => {
    fc.assert(
      fc.property(state, fc.array(state, { maxLength: 10 }), (first, others) => {
        let before = first;
        let known = apply({}, first);
        for (const after of others) {
          const patch = mergePatchOf(before, after);
          if (patch) known = apply(known, JSON.parse(JSON.stringify(patch)) as Json);
          before = after;
          expect(withoutNulls(known)).toEqual(withoutNulls(after));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('names only what has changed', () => {
    const before = { at: 1, services: { a: { rate: 1, versions: ['1'] }, b: { rate: 2 } }, same: { x: 1 } };
    const after = { at: 2, services: { a: { rate: 3, versions: ['1'] }, c: { rate: 4 } }, same: { x: 1 } };
    expect(mergePatchOf<object>(before, after)).toEqual({
      at: 2,
      services: { a: { rate: 3 }, b: null, c: { rate: 4 } },
    });
    expect(mergePatchOf(before, structuredClone(before))).toBeUndefined();
  });

  it('removes a member that becomes null, and mentions no null that stays', () => {
    expect(mergePatchOf<object>({ a: 1, b: null }, { a: null, b: null })).toEqual({ a: null });
  });
});

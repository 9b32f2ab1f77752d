import fc from 'fast-check';
import { EditableFields } from './editable-fields.js';

const NAMES = ['a', 'A', 'ab', 'x-a-b', 'X_A-b', 'x-a_B', 'x.a*b', 'x-ab', 'vary'];
const line = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('1', '', 'a: 2', 'x-a-b:', 'ÀÉ'));
const edit = fc.tuple(
  fc.constantFrom('set', 'append', 'remove', 'removeSpellings', 'removePrefixed', 'get'),
  fc.constantFrom(...NAMES),
);

type Line = readonly [string, string];
const textOf = (lines: readonly Line[]): string =>
  lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
const spelled = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');

/** The lines after an edit, by the plain meaning of the edit. */
function edited(lines: readonly Line[], operation: string, name: string): readonly Line[] {
  const without = (isMeant: (each: string) => boolean) => lines.filter(([each]) => !isMeant(each));
  const same = (each: string) => each.toLowerCase() === name.toLowerCase();
  if (operation === 'set') return [...without(same), [name, 'new']];
  if (operation === 'append') return [...lines, [name, 'new']];
  if (operation === 'remove') return without(same);
  if (operation === 'removeSpellings') return without((each) => spelled(each) === spelled(name));
  return operation === 'get' ? lines : without((each) => each.toLowerCase().startsWith(name.toLowerCase()));
}

describe('Editable fields', () => {
  it('are the lines after every sequence of edits', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.array(edit, { maxLength: 6 }), (lines, edits) => {
        const fields = new EditableFields(textOf(lines));
        let expected: readonly Line[] = lines;
        for (const [operation, name] of edits) {
          if (operation === 'set' || operation === 'append') fields[operation](name, 'new');
          else fields[operation](name);
          expected = edited(expected, operation, name);
          const values = expected.flatMap(([each, value]) =>
            each.toLowerCase() === name.toLowerCase() ? value.trim() : [],
          );
          expect(fields.get(name)).toBe(values.length > 0 ? values.join(', ') : undefined);
        }
        expect(String(fields)).toBe(textOf(expected));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['Host', 'content-length', 'X_Forwarded-For', 'x-request-id', 'a b', '', 'a:'])(
    'cannot change the field %j',
    (name) => {
      const fields = new EditableFields('a: 1\r\n');
      expect(() => fields.set(name, 'x')).toThrow(TypeError);
      expect(() => fields.removeSpellings(name)).toThrow(TypeError);
    },
  );

  it.each(['a\r\nb: c', 'a\n', '\0', '한'])('refuse the value %j', (value) => {
    expect(() => new EditableFields('').append('x-a', value)).toThrow(TypeError);
  });
});

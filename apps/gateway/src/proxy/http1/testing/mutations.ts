import fc from 'fast-check';
import { LINES, SAMPLES } from './hostile-words.js';

const line = fc.constantFrom(...LINES);
const sample = fc.constantFrom(...SAMPLES);

/** One change to a text. Its position is a fraction of the length, so that a failing case shrinks well. */
type Mutation = (text: string) => string;
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, part: number): number => Math.floor(part * text.length);
/** The start of the line at `part`: most grammar rules begin there. */
const lineAt = (text: string, part: number): number => text.lastIndexOf('\n', at(text, part)) + 1;
const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, sample).map(
    ([p, s]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + s + text.slice(at(text, p)),
  ),
  fc.tuple(place, sample).map(
    ([p, s]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + s + text.slice(at(text, p) + 1),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 6 })).map(
    ([p, n]): Mutation =>
      (text) =>
        text.slice(0, at(text, p)) + text.slice(at(text, p) + n),
  ),
  fc.tuple(place, line).map(([p, l]): Mutation => (text) => {
    const start = lineAt(text, p);
    return `${text.slice(0, start)}${l}\r\n${text.slice(start)}`;
  }),
  fc.tuple(place, place).map(([p, q]): Mutation => (text) => {
    const start = lineAt(text, p);
    const to = lineAt(text, q);
    return text.slice(0, to) + text.slice(start, lineEnd(text, start)) + text.slice(to);
  }),
  // The end of one line: parsers differ in which line endings they accept.
  fc
    .tuple(place, fc.constantFrom('\n', '\r', '\r\r\n', ' \r\n', '\t\r\n', '\0\r\n', '\r\n '))
    .map(([p, s]): Mutation => (text) => {
      const end = text.indexOf('\r\n', at(text, p));
      return end === -1 ? text : text.slice(0, end) + s + text.slice(end + 2);
    }),
);

/** Values of `valid` with up to two changes. */
export const mutated = (valid: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(valid, fc.array(mutation, { maxLength: 2 }))
    .map(([text, mutations]) => mutations.reduce((changed, change) => change(changed), text));

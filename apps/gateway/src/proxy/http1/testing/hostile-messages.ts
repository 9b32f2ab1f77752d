import fc from 'fast-check';
import { LINES, SAMPLES } from './hostile-words.js';
import { mutated } from './mutations.js';
import { response, request } from './plain-messages.js';

const line = fc.constantFrom(...LINES);
const sample = fc.constantFrom(...SAMPLES);

/** Pieces of the grammar in any order, after a valid start line. */
const salad = (start: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        sample,
        line.map((text) => `${text}\r\n`),
      ),
      { maxLength: 12 },
    )
    .map((parts) => start + parts.join(''));

/** One or two valid or nearly valid requests. */
export const hostileRequests: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: mutated(request) },
      { weight: 1, arbitrary: salad('GET / HTTP/1.1\r\nHost: a\r\n') },
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((list) => list.join(''));

/** Valid and nearly valid responses. */
export const hostileResponses: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: mutated(response) },
  { weight: 1, arbitrary: salad('HTTP/1.1 200 OK\r\n') },
);

/** Offsets at which the bytes of a connection are split into separate reads. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.constant<number[]>([]),
  fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
);

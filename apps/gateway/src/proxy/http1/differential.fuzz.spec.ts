import fc from 'fast-check';
import { FUZZ_TIMEOUT_MS, fuzz } from './testing/fuzz.js';
import { cuts, hostileResponses, hostileRequests } from './testing/hostile-messages.js';
import { NodeServerReader, readResponseByNode } from './testing/node-reading.js';
import { disagreement, type Reading } from './testing/reading.js';
import { readResponse, readRequests } from './testing/wire-reading.js';

/** Follows every message: a parser that ends the message elsewhere does not read exactly this request next. */
const NEXT_REQUEST = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
/** Minimum share of cases with an accepted message; a generator that produced only noise would prove nothing. */
const LEAST_TAKEN = 0.1;

describe('the wire parser compared with node:http', () => {
  let taken = 0;

  beforeEach(() => (taken = 0));

  const compare = (ours: Reading, theirs: Reading): string | undefined => {
    if (ours.messages.length > 0) taken += 1;
    return disagreement(ours, theirs);
  };

  it(
    'agrees on every request that it accepts',
    async () => {
      const node = new NodeServerReader();
      const cases = await fuzz(fc.tuple(hostileRequests, cuts, cuts), async ([text, mine, other]) => {
        const bytes = bytesOf(text + NEXT_REQUEST);
        return compare(readRequests(bytes, mine), await node.read(bytes, other));
      });
      report('requests', cases);
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'agrees on every response that it accepts',
    async () => {
      const method = fc.constantFrom('GET', 'GET', 'POST', 'HEAD');
      const cases = await fuzz(
        fc.tuple(hostileResponses, cuts, cuts, method),
        async ([text, mine, other, asked]) => {
          const bytes = bytesOf(text);
          return compare(readResponse(bytes, mine, asked), await readResponseByNode(bytes, other, asked));
        },
      );
      report('answers', cases);
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'gives the same result however the bytes are split',
    async () => {
      const cases = await fuzz(fc.tuple(hostileRequests, cuts), ([text, pieces]) => {
        const bytes = bytesOf(text + NEXT_REQUEST);
        const whole = readRequests(bytes, []);
        return Promise.resolve(
          compare(readRequests(bytes, pieces), whole) ?? disagreement(whole, readRequests(bytes, pieces)),
        );
      });
      report('requests in pieces', cases);
    },
    FUZZ_TIMEOUT_MS,
  );

  function report(what: string, cases: number): void {
    if (process.env.FUZZ_MS) console.log(`${what}: ${cases} cases, ${taken} of them taken`);
    expect(taken / cases).toBeGreaterThan(LEAST_TAKEN);
  }
});

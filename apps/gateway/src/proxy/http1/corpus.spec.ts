import { CORPUS } from './testing/corpus.js';
import { NodeServerReader } from './testing/node-reading.js';
import { disagreement } from './testing/reading.js';
import { readRequests } from './testing/wire-reading.js';

describe('the corpus of hostile requests', () => {
  const node = new NodeServerReader();

  it.each(CORPUS.map((entry) => [entry.what, entry] as const))(
    'is parsed as recorded and in agreement with node:http: %s',
    async (_what, { bytes, takes, isRefused }) => {
      const whole = Buffer.from(bytes, 'latin1');
      const everyByte = [...whole.keys()];
      for (const cuts of [[], everyByte]) {
        const ours = readRequests(whole, cuts);
        expect(ours.messages.filter((message) => message.isWhole)).toHaveLength(takes);
        expect(ours.refusal !== undefined).toBe(isRefused);
        expect(disagreement(ours, await node.read(whole, []))).toBeUndefined();
      }
    },
  );
});

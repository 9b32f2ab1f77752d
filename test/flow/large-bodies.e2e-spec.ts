import { onEveryFlow } from './support/bench.js';
import { download, Upload } from './support/bodies.js';
import { MB, peakDuring } from './support/vitals.js';

/** Of a body; by hand `FLOW_BODY_MB=1024` and more. */
const SIZE = Number(process.env.FLOW_BODY_MB ?? 400) * MB;
// Buffers that have passed through wait for the collector: memory is a saw whose teeth show after some hundred MB.
const FIRST = 200 * MB;
const FLAT = 50 * MB;

onEveryFlow(`a body of ${SIZE / MB} MB`, (bench) => {
  const { down, up } = {
    down: async (bytes: number) => expect(await download(`${bench().url}/down/${bytes}`)).toBe(bytes),
    up: async (bytes: number) => expect(await new Upload(`${bench().url}/up`, bytes).received()).toBe(bytes),
  };

  it.each([
    ['goes down', down],
    ['goes up', up],
  ])(
    '%s with memory flat',
    async (_way, carry) => {
      const { pid } = bench().gateway;
      const first = await peakDuring(pid, () => carry(FIRST));
      expect((await peakDuring(pid, () => carry(SIZE))) - first).toBeLessThan(FLAT);
    },
    120_000,
  );
});

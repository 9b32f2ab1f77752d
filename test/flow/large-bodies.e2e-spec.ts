import { onFlowKinds } from './support/flow-harness.js';
import { download, Upload } from './support/bodies.js';
import { MB, peakRssDuring } from './support/process-usage.js';

/** Size of a body; set `FLOW_BODY_MB=1024` or more for a manual run. */
const SIZE = Number(process.env.FLOW_BODY_MB ?? 400) * MB;
// Used buffers wait for the garbage collector: memory is a sawtooth whose peaks appear after some hundred MB.
const FIRST = 200 * MB;
const FLAT = 50 * MB;

onFlowKinds(`a body of ${SIZE / MB} MB`, (harness) => {
  const { down, up } = {
    down: async (bytes: number) => expect(await download(`${harness().url}/down/${bytes}`)).toBe(bytes),
    up: async (bytes: number) =>
      expect(await new Upload(`${harness().url}/up`, bytes).received()).toBe(bytes),
  };

  it.each([
    ['is downloaded', down],
    ['is uploaded', up],
  ])(
    '%s with constant memory',
    async (_way, carry) => {
      const { pid } = harness().gateway;
      const first = await peakRssDuring(pid, () => carry(FIRST));
      expect((await peakRssDuring(pid, () => carry(SIZE))) - first).toBeLessThan(FLAT);
    },
    120_000,
  );
});

import { launchNode } from '#testing';
import { PLANES } from '../conformance/support/kinds.js';

const SECONDS = 12;
// With the default heap size the collector leaves some ten MB uncollected for a minute; in a small heap, memory
// that stays is a leak.
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=80' };

// The soak reads memory and descriptors of another process from /proc.
(process.platform === 'linux' ? describe : describe.skip)('a short soak', () => {
  it.each(PLANES)(
    'keeps memory and file descriptors constant (%s)',
    async (plane) => {
      const args = ['--minutes', String(SECONDS / 60), '--data-plane', plane];
      const soak = launchNode('bench/soak.mjs', args, SMALL_HEAP);
      const exit = await soak.exited;
      expect({ ...exit, output: soak.stdout + soak.stderr }).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^ok .*resident memory.*\nok .*file descriptors/m) as string,
      });
    },
    120_000,
  );
});

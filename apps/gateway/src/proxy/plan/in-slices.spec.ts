import { performance } from 'node:perf_hooks';
import { inSlices } from './in-slices.js';

/** Holds up the event loop. */
const work = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

/** Counts the turns of the event loop until it is stopped. */
function countTurns() {
  let turns = 0;
  let isStopped = false;
  const next = (): void => {
    turns += 1;
    if (!isStopped) setImmediate(next);
  };
  setImmediate(next);
  return { count: () => turns, stop: () => (isStopped = true) };
}

describe('Items in slices', () => {
  it('let the event loop turn between items that take long, and before the first if they begin slowly', async () => {
    const turns = countTurns();
    const before: number[] = [];
    function* items() {
      work(3);
      for (let i = 0; i < 5; i += 1) yield i;
    }
    for await (const _ of inSlices(items())) {
      before.push(turns.count());
      work(3);
    }
    turns.stop();
    expect(before[0]).toBeGreaterThan(0);
    expect(new Set(before).size).toBe(5);
  });

  it('share a turn if they are fast', async () => {
    const turns = countTurns();
    for await (const _ of inSlices(Array(100).keys()));
    turns.stop();
    expect(turns.count()).toBeLessThan(50);
  });
});

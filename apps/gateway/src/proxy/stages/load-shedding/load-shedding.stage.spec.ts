import { LoopLag } from './loop-lag.js';
import { LoadSheddingStage } from './load-shedding.stage.js';

/** The lag of a loop whose timer fires `late` milliseconds late, sample by sample. */
function lagAfter(late: readonly number[]): LoopLag {
  let now = 0;
  const lag = new LoopLag(() => now);
  lag.sample();
  for (const ms of late) {
    now += 100 + ms;
    lag.sample();
  }
  return lag;
}

const times = (count: number, ms: number): number[] => Array<number>(count).fill(ms);

describe('LoopLag', () => {
  it('follows a loop that is repeatedly late, and is little affected by a single pause', () => {
    expect(lagAfter(times(20, 800)).ms).toBeGreaterThan(750);
    expect(lagAfter([10_000]).ms).toBeLessThan(500);
    expect(lagAfter([...times(20, 800), ...times(20, 0)]).ms).toBeLessThan(20);
  });
});

describe('LoadSheddingStage', () => {
  it.each([
    [400, 0, true],
    [750, 0.4, false],
    [750, 0.6, true],
    [1_000, 0.999, false],
  ])('at %i ms of lag and a random draw of %d, admits: %s', (ms, draw, isAdmitted) => {
    const decision = new LoadSheddingStage({ ms }, () => draw).request();
    expect(decision?.code).toBe(isAdmitted ? undefined : 'overloaded');
  });

  it.each([
    [0, 'continue', '0 %'],
    [600, 'continue', '20 %'],
    [900, 'respond', '80 %'],
    [5_000, 'respond', '100 %'],
  ])('at %i ms of lag, previews: %s', (ms, decision, share) => {
    const preview = new LoadSheddingStage({ ms }).preview();
    expect(preview.decision).toBe(decision);
    if (decision === 'respond') expect(preview.reply).toMatchObject({ code: 'overloaded' });
    else expect(preview.reply).toBeUndefined();
    expect(preview.detail).toContain(`${share} of requests`);
  });
});

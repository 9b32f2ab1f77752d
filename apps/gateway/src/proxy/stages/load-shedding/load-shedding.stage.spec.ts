import { LoopLag } from './loop-lag.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
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

describe('ShedLoadStage', () => {
  it.each([
    [400, 0, true],
    [750, 0.4, false],
    [750, 0.6, true],
    [1_000, 0.999, false],
  ])('at %i ms of lag and a random draw of %d, admits: %s', (ms, draw, goesOn) => {
    const exchange = new FakeExchange();
    expect(new LoadSheddingStage({ ms }, () => draw).enter(exchange)).toBe(goesOn);
    expect(exchange.codes).toEqual(goesOn ? [] : ['overloaded']);
  });
});

import { InstanceLoad } from '../../discovery/index.js';
import { costOf, observeFailure, observeLatency } from './latency.js';

/** The load after responses with these latencies, one every ten milliseconds. */
function loadAfter(latencies: readonly number[]): InstanceLoad {
  const load = new InstanceLoad();
  for (const [i, ms] of latencies.entries()) observeLatency(load, ms, i * 10);
  return load;
}

const times = (count: number, ms: number): number[] => Array<number>(count).fill(ms);

describe('Moving latency', () => {
  it('rises within a few responses, and little after a single one', () => {
    expect(loadAfter([...times(3, 10), ...times(7, 100)]).latencyMs).toBeGreaterThan(75);
    expect(loadAfter([...times(50, 10), 40]).latencyMs).toBeLessThan(20);
  });

  it('falls within a second', () => {
    expect(loadAfter([...times(50, 100), ...times(80, 10)]).latencyMs).toBeLessThan(25);
  });

  it('does not fall on failures, however fast', () => {
    const load = loadAfter(times(10, 50));
    for (let i = 0; i < 100; i += 1) observeFailure(load, 1, 1_000 + i);
    expect(load.latencyMs).toBe(50);
    observeFailure(load, 3_000, 2_000);
    expect(load.latencyMs).toBeGreaterThan(500);
  });

  it('yields a cost proportional to requests in flight, and fades without traffic', () => {
    const load = loadAfter(times(3, 99));
    expect(costOf(load, 20)).toBe(102);
    load.inFlight = 2;
    expect(costOf(load, 20)).toBe(306);
    expect(costOf(load, 20_020)).toBeLessThan(15);
  });

  it('is the minimum of the first three responses, which include connection set-up and cold caches', () => {
    expect(loadAfter([120, 40, 12]).latencyMs).toBe(12);
    expect(loadAfter([12, 120, 40]).latencyMs).toBe(12);
    expect(loadAfter([120, 40, 12, 112]).latencyMs).toBe(32);
  });

  it('assigns a new instance the lowest cost, for one request at a time, until three responses are observed', () => {
    const known = loadAfter(times(3, 1));
    for (const responses of [[], [500], [500, 500]]) {
      const load = loadAfter(responses);
      expect(costOf(load, 20)).toBeLessThan(costOf(known, 20));
      load.inFlight = 1;
      expect(costOf(load, 20)).toBeGreaterThan(1000 * costOf(known, 20));
    }
    expect(costOf(loadAfter(times(3, 500)), 20)).toBe(503);
  });

  it('counts failures as observations, without lowering the latency', () => {
    const load = loadAfter([50]);
    for (let i = 0; i < 2; i += 1) observeFailure(load, 1, 20);
    expect(costOf(load, 0)).toBe(53);
  });
});

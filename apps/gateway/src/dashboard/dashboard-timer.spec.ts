import { EventEmitter, once } from 'node:events';
import { waitFor } from '#testing';
import { DashboardTimer, type DashboardTimerParts } from './dashboard-timer.js';

/** A timer whose parts write down what it calls. */
class TimerHarness {
  readonly calls: string[] = [];
  readers = 1;
  readonly changes = new EventEmitter();
  readonly timer = new DashboardTimer({
    sampler: {
      point: {},
      sample: () => this.note('sample'),
      observe: () => this.note('observe'),
      state: () => ({}),
    },
    load: { start: () => undefined, stop: () => undefined },
    traffic: { all: { latest: new Float64Array() } },
    record: { add: () => undefined, restore: () => Promise.resolve(), close: () => Promise.resolve() },
    streams: Object.defineProperty({ publish: () => this.note('publish'), close: () => undefined }, 'size', {
      get: () => this.readers,
    }),
    changes: [{ onChange: (listener: () => void) => this.changes.on('change', listener) }],
    onError: (error: unknown) => {
      throw error;
    },
  } as unknown as DashboardTimerParts);

  change(): void {
    this.changes.emit('change');
  }

  private note(call: string): Promise<void> {
    this.calls.push(call);
    this.changes.emit('call');
    return Promise.resolve();
  }
}

describe('DashboardTimer', () => {
  let harness: TimerHarness;
  beforeEach(() => {
    harness = new TimerHarness();
    harness.timer.onApplicationBootstrap();
  });
  afterEach(() => harness.timer.onModuleDestroy());

  it('shows changes to readers before the next sample, many at once', async () => {
    for (let i = 0; i < 100; i += 1) harness.change();
    await waitFor('the changes to be shown', () => harness.calls.length === 2);
    expect(harness.calls).toEqual(['observe', 'publish']);
  });

  it('shows a second change before the next sample, too', async () => {
    harness.change();
    await waitFor('the first change to be shown', () => harness.calls.length === 2);
    harness.change();
    await waitFor('a sample', () => harness.calls.includes('sample'));
    expect(harness.calls.slice(0, 5)).toEqual(['observe', 'publish', 'observe', 'publish', 'sample']);
  });

  it('shows a storm of changes no more than once between samples after a while', async () => {
    const countOf = (wanted: string): number => harness.calls.filter((call) => call === wanted).length;
    const storm = setInterval(() => harness.change(), 1);
    await waitFor('the samples', () => countOf('sample') === 5);
    clearInterval(storm);
    // Three at the beginning, and one for each sample but the last.
    expect(countOf('observe')).toBeLessThanOrEqual(3 + 4);
  });

  it('does nothing about changes without readers', async () => {
    harness.readers = 0;
    harness.change();
    await once(harness.changes, 'call');
    expect(harness.calls).toEqual(['sample']);
  });
});

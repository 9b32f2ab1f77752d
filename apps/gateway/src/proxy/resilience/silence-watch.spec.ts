import { instanceOf, tableOf } from '../testing/instances.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { InstanceMonitor } from './instance-monitor.js';
import { SilenceWatch } from './silence-watch.js';

describe('SilenceWatch', () => {
  const clock = { ms: 0 };
  const busy = instanceOf({ id: 'busy' });
  const idle = instanceOf({ id: 'idle' });
  const suspected: string[] = [];
  const watch = new SilenceWatch(
    tableOf(busy, idle),
    { ...NO_REPORTS, suspected: ({ id }, reason) => suspected.push(`${id}: ${reason}`) },
    () => clock.ms,
  );

  it('suspects only an instance that owes responses and sends none, again after a while', () => {
    busy.load.awaited = 1;
    for (; clock.ms < 8_000; clock.ms += 250) watch.look();
    expect(suspected).toEqual(['busy: no response for 750 ms', 'busy: no response for 750 ms']);
  });

  it('suspects an instance once if hedged attempts have replaced every attempt since its last response', () => {
    suspected.length = 0;
    busy.load.awaited = 0;
    const instances = new InstanceMonitor(NO_REPORTS);
    const attempt = { route: undefined, attemptStartedAt: 0, awaitsResponse: false };
    const until = clock.ms + 3_000;
    for (; clock.ms < until; clock.ms += 250) {
      if (clock.ms < until - 2_000) {
        attempt.attemptStartedAt = clock.ms;
        instances.recordSent(attempt, idle);
        instances.recordOvertaken(attempt, idle);
      }
      watch.look();
    }
    expect(suspected).toEqual(['idle: no response for 750 ms']);
    expect([idle.load.awaited, idle.load.inFlight, idle.load.failuresInRow]).toEqual([0, 0, 0]);
  });
});

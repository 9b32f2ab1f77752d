import type { Instance } from '../../discovery/index.js';
import { failureOf } from '../exchange/failure.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';
import { InstanceMonitor, type MonitoredAttempt } from './instance-monitor.js';
import { SilenceWatch } from './silence-watch.js';

const CONNECT_MS = 3_000;

const attemptAt = (ms: number): MonitoredAttempt => ({
  route: undefined,
  attemptStartedAt: ms,
  awaitsResponse: false,
});

describe('InstanceWatch', () => {
  it('reports instances that accept no connection as unreachable while the silence watch suspects them', () => {
    let now = 1_000;
    let rotation = ['alive', 'dead', 'lost'].map((id) => instanceOf({ id }));
    const services = tableOf(...rotation);
    const silence = new SilenceWatch(services, NO_REPORTS, () => now);
    const watch = new InstanceMonitor({
      ...NO_REPORTS,
      unreachable: (instance) => {
        rotation = rotation.filter((other) => other !== instance);
        setInstances(services, rotation);
      },
    });
    const pending: { instance: Instance; attempt: MonitoredAttempt }[] = [];
    for (; now < 10_000; now += 50) {
      for (const instance of rotation) {
        const attempt = attemptAt(now);
        watch.recordSent(attempt, instance);
        if (instance.id === 'alive') {
          watch.recordResponse(attempt, instance, now + 1);
          watch.recordEnd(attempt, instance);
        } else pending.push({ instance, attempt });
      }
      while (pending[0] && now - pending[0].attempt.attemptStartedAt >= CONNECT_MS) {
        const { instance, attempt } = pending.shift() as (typeof pending)[number];
        watch.recordEnd(attempt, instance);
        watch.recordFailedAttempt(attempt, instance, failureOf('connect-timeout'), now);
      }
      if (now % 250 === 0) silence.look();
    }
    expect(rotation.map(({ id }) => id)).toEqual(['alive']);
  });

  it('suspects an instance that responded on another connection meanwhile', () => {
    const reported: string[] = [];
    const watch = new InstanceMonitor({
      ...NO_REPORTS,
      unreachable: () => reported.push('unreachable'),
      suspected: () => reported.push('suspected'),
    });
    const instance = instanceOf({ id: 'busy' });
    const [late, served] = [attemptAt(1_000), attemptAt(1_500)];
    watch.recordSent(late, instance);
    watch.recordSent(served, instance);
    watch.recordResponse(served, instance, 1_600);
    watch.recordFailedAttempt(late, instance, failureOf('connect-timeout'), 4_000);
    expect(reported).toEqual(['suspected']);
  });
});

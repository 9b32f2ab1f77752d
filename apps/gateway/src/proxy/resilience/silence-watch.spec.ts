import { instanceOf, tableOf } from '../testing/instances.js';
import { NO_REPORTS } from '../instance-reports.js';
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

  it('suspects who owes answers and gives none, again after a while, and nobody else', () => {
    busy.load.awaited = 1;
    for (; clock.ms < 8_000; clock.ms += 250) watch.look();
    expect(suspected).toEqual([
      'busy: it has answered nothing for 750 ms',
      'busy: it has answered nothing for 750 ms',
    ]);
  });
});

import { ended } from '../testing/ended-exchange.js';
import type { LoggedExchange } from './access-log.js';
import { SampledLog } from './sampled-log.js';

describe('SampledLog', () => {
  const isLogged = (share: number, random: number, exchange: Partial<LoggedExchange>): boolean => {
    let written = 0;
    const log = { write: () => void (written += 1) };
    new SampledLog(log, { share, slowMs: 500 }, () => random).write({
      ...ended(),
      ...exchange,
    } as LoggedExchange);
    return written === 1;
  };

  it.each([
    [0.1, 0.099, true],
    [0.1, 0.1, false],
    [0, 0, false],
  ])('with a share of %d and a random number of %d logs an exchange: %s', (share, random, expected) => {
    expect(isLogged(share, random, { durationMs: 499 })).toBe(expected);
  });

  it.each([{ status: 500 }, { ending: 'broken' }, { durationMs: 500 }] as const)(
    'always logs one that failed or was slow: %j',
    (exchange) => {
      expect(isLogged(0, 0.5, exchange)).toBe(true);
    },
  );
});

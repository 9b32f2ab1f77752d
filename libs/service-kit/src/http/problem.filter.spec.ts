import type { ArgumentsHost } from '@nestjs/common';
import { defineProblem } from '#contracts';
import { pino } from 'pino';
import { ProblemFilter } from './problem.filter.js';

const full = defineProblem('full', 503, 'Full');
const closed = defineProblem('closed', 503, 'Closed');

/** The log of an app that responds with what is thrown. */
function logOf(...thrown: readonly unknown[]): unknown[] {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const filter = new ProblemFilter(pino({ base: null, timestamp: false }, { write }));
  const reply = { status: () => reply, headers: () => reply, header: () => reply, send: () => reply };
  const http = { getRequest: () => ({ id: 'r-1', url: '/orders?a=b' }), getResponse: () => reply };
  for (const value of thrown) filter.catch(value, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return lines.map(({ level, msg, count }) => [level, msg, ...(count === undefined ? [] : [count])]);
}

const [WARN, ERROR] = [40, 50];

describe('the log of problems', () => {
  it('has what limits refuse as a warning once a minute', () => {
    expect(logOf(full('no place'), full('no place'), closed('not now'), full('no place'))).toEqual([
      [WARN, 'Requests refused: Full', 1],
      [WARN, 'Requests refused: Closed', 1],
    ]);
  });

  it('has each failure as an error', () => {
    const failed = full('the store is away', { cause: new Error('ECONNREFUSED') });
    expect(logOf(failed, failed, new Error('a bug'))).toEqual([
      [ERROR, 'the store is away'],
      [ERROR, 'the store is away'],
      [ERROR, expect.stringContaining('unexpected error')],
    ]);
  });

  it('has nothing of what clients do wrong', () => {
    expect(logOf(defineProblem('wrong', 400, 'Wrong')('x'))).toEqual([]);
  });
});

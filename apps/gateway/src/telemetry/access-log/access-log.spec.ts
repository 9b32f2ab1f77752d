import { ended } from '../testing/ended-exchange.js';
import { AccessLog, type LoggedExchange } from './access-log.js';

const logged = (overrides: Partial<LoggedExchange> = {}): LoggedExchange => ({
  ...ended(),
  method: 'GET',
  target: '/api/users/1',
  requestId: 'request-id',
  clientAddress: '10.0.0.1',
  route: undefined,
  instance: undefined,
  ...overrides,
});

describe('AccessLog', () => {
  const lines: string[] = [];
  const log = new AccessLog('gateway', { write: (line) => lines.push(line) });
  const lineOf = (overrides: Partial<LoggedExchange>): Record<string, unknown> => {
    log.write(logged(overrides));
    return JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  };

  it('logs everything about an exchange except its query', () => {
    const { time, ...rest } = lineOf({
      method: 'PUT',
      target: '/api/users/1?token=secret',
      route: { service: 'users' },
      instance: { id: 'a' },
      durationMs: 1.23456,
      bytesSent: 7,
      attempts: 2,
    });
    expect(new Date(time as string).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(rest).toEqual({
      level: 'info',
      app: 'gateway',
      requestId: 'request-id',
      method: 'PUT',
      path: '/api/users/1',
      service: 'users',
      instance: 'a',
      status: 200,
      durationMs: 1.235,
      bytes: 7,
      attempts: 2,
      client: '10.0.0.1',
      ending: 'completed',
      msg: 'request',
    });
  });

  it('logs the problem code of a rejection', () => {
    expect(lineOf({ problemCode: 'unknown-service', status: 404 })).toMatchObject({
      service: null,
      instance: null,
      problem: 'unknown-service',
    });
  });

  it('logs the outcome of a hedged attempt, if one was sent', () => {
    expect(lineOf({ hedge: { outcome: 'won' } })).toMatchObject({ hedge: 'won' });
    expect(lineOf({ hedge: { outcome: undefined } })).not.toHaveProperty('hedge');
  });

  it('writes one line of JSON for any path', () => {
    const path = '/api/"\\\u007f\u00ff\u2028{}';
    expect(lineOf({ target: path }).path).toBe(path);
    expect(lines.at(-1)!.match(/\n/g)).toHaveLength(1);
  });
});

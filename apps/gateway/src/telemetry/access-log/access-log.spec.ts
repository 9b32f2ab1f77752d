import { ended } from '../testing/ended-exchange.js';
import { pino } from 'pino';
import { AccessLog, type LoggedExchange } from './access-log.js';
import { TerminalLog } from './terminal-log.js';

const logged = (overrides: Partial<LoggedExchange> = {}): LoggedExchange => ({
  ...ended(),
  method: 'GET',
  target: '/api/users/1',
  requestId: 'request-id',
  clientAddress: '10.0.0.1',
  startedAt: 10,
  respondedAt: 0,
  header: () => undefined,
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

  it('logs the version that got the request, if its route divides requests among versions', () => {
    expect(lineOf({ version: '2.0.0 "rc"' })).toMatchObject({ version: '2.0.0 "rc"' });
    expect(lineOf({})).not.toHaveProperty('version');
  });

  it('logs the outcome of a hedged attempt, if one was sent', () => {
    expect(lineOf({ hedge: { outcome: 'won' } })).toMatchObject({ hedge: 'won' });
    expect(lineOf({ hedge: { outcome: undefined } })).not.toHaveProperty('hedge');
  });

  it('logs the user agent and the time to the response head, if there are any', () => {
    const header = (name: string) => (name === 'user-agent' ? 'curl/8 "x"' : undefined);
    expect(lineOf({ header, respondedAt: 12.5 })).toMatchObject({
      userAgent: 'curl/8 "x"',
      firstByteMs: 2.5,
    });
  });

  it('logs the trace id of a valid traceparent', () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headerOf = (traceparent: string) => (name: string) =>
      name === 'traceparent' ? traceparent : undefined;
    expect(lineOf({ header: headerOf(`00-${traceId}-b7ad6b7169203331-01`) })).toMatchObject({ traceId });
    expect(lineOf({ header: headerOf(`00-${traceId}"-01`) })).not.toHaveProperty('traceId');
  });

  it.each([
    [{ status: 200 }, 'info'],
    [{ status: 404 }, 'info'],
    [{ status: 0, ending: 'client-left' }, 'info'],
    [{ status: 200, ending: 'broken' }, 'warn'],
    [{ status: 503 }, 'warn'],
  ] as const)('logs %j with level %s, and only warnings if they are required', (outcome, level) => {
    expect(lineOf(outcome)).toMatchObject({ level });
    const written: string[] = [];
    const severe = new AccessLog('gateway', { write: (line) => written.push(line) }, 'warn');
    severe.write(logged(outcome));
    expect(written).toHaveLength(level === 'warn' ? 1 : 0);
  });

  it('logs a sentence for a terminal', () => {
    const records: string[] = [];
    const log = new TerminalLog(pino({ base: {} }, { write: (record) => records.push(record) }));
    log.write(logged({ target: '/api/users/1?token=secret', status: 503, problemCode: 'circuit-open' }));
    expect(JSON.parse(records[0]!)).toMatchObject({
      level: 40,
      msg: 'GET /api/users/1 503 in 3.0 ms',
      problem: 'circuit-open',
      requestId: 'request-id',
    });
  });

  it('writes one line of JSON for any path', () => {
    const path = '/api/"\\\u007f\u00ff\u2028{}';
    expect(lineOf({ target: path }).path).toBe(path);
    expect(lines.at(-1)!.match(/\n/g)).toHaveLength(1);
  });
});

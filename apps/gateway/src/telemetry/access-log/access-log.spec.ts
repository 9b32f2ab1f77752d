import type { HedgeOutcome, ExchangeHedge } from '../../proxy/exchange/exchange-hedge.js';
import { compileRoute } from '../../proxy/routing/compile-route.js';
import { FakeExchange } from '../../proxy/testing/fake-exchange.js';
import { instanceOf } from '../../proxy/testing/instances.js';
import { AccessLog } from './access-log.js';

describe('AccessLog', () => {
  const lines: string[] = [];
  const log = new AccessLog('gateway', { write: (line) => lines.push(line) });
  const logged = (exchange: FakeExchange): Record<string, unknown> => {
    log.write(exchange);
    return JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  };

  it('logs everything about an exchange except its query', () => {
    const exchange = new FakeExchange('PUT', '/api/users/1?token=secret');
    exchange.route = compileRoute('users');
    Object.assign(exchange, {
      instance: instanceOf({ id: 'a' }),
      status: 200,
      durationMs: 1.23456,
      bytesSent: 7,
      attempts: 2,
    });
    const { time, ...rest } = logged(exchange);
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
    const exchange = Object.assign(new FakeExchange(), { problemCode: 'unknown-service', status: 404 });
    expect(logged(exchange)).toMatchObject({ service: null, instance: null, problem: 'unknown-service' });
  });

  it('logs the outcome of a hedged attempt, if one was sent', () => {
    const hedge = (outcome?: HedgeOutcome): ExchangeHedge => ({
      outcome,
      isRunning: false,
      replaceFailed: () => false,
      settle: () => undefined,
      cancel: () => undefined,
    });
    expect(logged(Object.assign(new FakeExchange(), { hedge: hedge('won') }))).toMatchObject({
      hedge: 'won',
    });
    expect(logged(Object.assign(new FakeExchange(), { hedge: hedge() }))).not.toHaveProperty('hedge');
  });

  it('writes one line of JSON for any path', () => {
    const path = '/api/"\\\u007f\u00ff\u2028{}';
    expect(logged(new FakeExchange('GET', path)).path).toBe(path);
    expect(lines.at(-1)!.match(/\n/g)).toHaveLength(1);
  });
});

import { pino } from 'pino';
import { DEFAULT_POLICY } from '../../policy/policy.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { compileRoute } from '../routing/compile-route.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { FakeForwarder, type AttemptResult } from '../testing/fake-forwarder.js';
import { instanceOf, tableOf } from '../testing/instances.js';
import { Forward } from './forward.js';
import { ForwardingLog } from './forwarding-log.js';

const IN_TURN = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
} as const;

function harnessOf(fates: Record<string, AttemptResult>) {
  const ids = Object.keys(fates);
  const services = tableOf(
    ...ids.map((id) => instanceOf({ id })),
    instanceOf({ id: 'gone', status: 'down', statusReason: 'its port refused a connection' }),
  );
  const lines: unknown[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const log = new ForwardingLog(pino({ level: 'debug' }, { write }), services);
  const forwarder = new FakeForwarder(fates);
  const recorder = {
    attemptFailed: log.attemptFailed.bind(log),
    tunnelOpened: () => undefined,
    ended: () => undefined,
  };
  const forward = new Forward<FakeExchange>({
    services,
    forwarders: { http: forwarder, local: forwarder },
    reports: NO_REPORTS,
    recorder,
  });
  const route = compileRoute('users', IN_TURN);
  const send = (): FakeExchange => {
    const exchange = new FakeExchange();
    exchange.route = route;
    forward.start(exchange);
    return exchange;
  };
  return { log, lines, forward, send };
}

describe('ForwardingLog', () => {
  it('logs the candidates, each selection with its failure, and the instances out of rotation', () => {
    const { log, lines, forward, send } = harnessOf({ a: 'refused', b: 'pending' });
    forward.observeSelections(log);
    const exchange = send();
    forward.completed(exchange);
    log.write(exchange);
    expect(lines).toEqual([
      expect.objectContaining({
        service: 'users',
        candidateCount: 2,
        candidates: [expect.objectContaining({ id: 'a' }), expect.objectContaining({ id: 'b' })],
        attempts: [
          expect.objectContaining({ instance: 'a', balancer: 'round-robin', failure: 'refused' }),
          { instance: 'b', balancer: 'round-robin' },
        ],
        outOfRotation: [{ id: 'gone', status: 'down', statusReason: 'its port refused a connection' }],
      }),
    ]);
  });

  it('is told of no selection after it was removed', () => {
    const { log, lines, forward, send } = harnessOf({ a: 'pending' });
    forward.observeSelections(log);
    forward.observeSelections(undefined);
    log.write(send());
    expect(lines[0]).not.toHaveProperty('attempts');
  });
});

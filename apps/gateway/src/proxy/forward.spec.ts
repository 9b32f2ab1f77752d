import type { Instance } from '../discovery/index.js';
import { Forward } from './forward.js';
import { DEFAULT_POLICY } from './policy.js';
import { compileRoute } from './routing/compile-route.js';
import { FakeExchange } from './testing/fake-exchange.js';
import { FakeForwarder, type Fate } from './testing/fake-forwarder.js';
import { instanceOf, tableOf } from './testing/instances.js';

function benchOf(
  fates: Record<string, Fate>,
  instances: readonly Instance[] = Object.keys(fates).map((id) => instanceOf({ id })),
) {
  const forwarder = new FakeForwarder(fates);
  const reports: string[] = [];
  const failures: string[] = [];
  const forward = new Forward<FakeExchange>({
    services: tableOf(...instances),
    forwarders: { http: forwarder, local: forwarder },
    reports: {
      refused: ({ id }) => reports.push(`${id} refused`),
      reset: ({ id }) => reports.push(`${id} reset`),
    },
    recorder: {
      attemptFailed: (_exchange, { id }, { kind }) => failures.push(`${id} ${kind}`),
      tunnelOpened: () => undefined,
      ended: () => undefined,
    },
  });
  const send = (exchange = new FakeExchange()): FakeExchange => {
    exchange.route ??= compileRoute('users');
    forward.start(exchange);
    return exchange;
  };
  return { forward, forwarder, reports, failures, instances, send };
}

describe('Forward', () => {
  it('sends to the instance that the balancer picks, and counts its load while it works', () => {
    const { forward, forwarder, instances, send } = benchOf({ a: 'pending' });
    const exchange = send();
    expect(instances[0]!.load.inFlight).toBe(1);
    forward.completed(exchange);
    expect(instances[0]!.load.inFlight).toBe(0);
    expect([forwarder.asked, exchange.attempts, exchange.codes]).toEqual([['a'], 1, []]);
  });

  it.each(['refused', 'connect-timeout'] as const)(
    'tries every instance for any method when it is %s',
    (fate) => {
      const { forwarder, reports, failures, send } = benchOf({ a: fate, b: fate, c: 'completed' });
      const exchange = send(new FakeExchange('POST'));
      expect(forwarder.asked).toEqual(['a', 'b', 'c']);
      expect(reports).toEqual(['a refused', 'b refused']);
      expect(failures).toEqual([`a ${fate}`, `b ${fate}`]);
      expect([exchange.status, exchange.attempts]).toEqual([200, 3]);
    },
  );

  it('stops after as many refusals as the policy allows', () => {
    const fates = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`i${i}`, 'refused' as const]));
    const { forwarder, send } = benchOf(fates);
    expect(send().codes).toEqual(['upstream-unreachable']);
    expect(forwarder.asked).toHaveLength(1 + DEFAULT_POLICY.retries.afterRefusal);
  });

  it('tries another instance once after a reset, if the request may be repeated', () => {
    const { forwarder, reports, send } = benchOf({ a: 'reset', b: 'reset', c: 'completed' });
    expect(send().codes).toEqual(['upstream-unreachable']);
    expect([forwarder.asked, reports]).toEqual([
      ['a', 'b'],
      ['a reset', 'b reset'],
    ]);
  });

  it('tries the only instance again after a reset, which may have been an idle connection closing', () => {
    const { forwarder, send } = benchOf({ a: 'reset' });
    send();
    expect(forwarder.asked).toEqual(['a', 'a']);
  });

  it.each([
    ['is not idempotent', new FakeExchange('POST')],
    ['has a body that is partly gone', Object.assign(new FakeExchange('PUT'), { isBodyConsumed: true })],
  ])('does not repeat a request after a reset that %s', (_why, exchange) => {
    const { forwarder, send } = benchOf({ a: 'reset', b: 'completed' });
    expect(send(exchange).codes).toEqual(['upstream-unreachable']);
    expect(forwarder.asked).toEqual(['a']);
  });

  it.each([
    ['timeout', 'upstream-timeout'],
    ['protocol-error', 'upstream-protocol-error'],
  ] as const)('does not repeat after a %s, and answers %s', (fate, code) => {
    const { forwarder, send } = benchOf({ a: fate, b: 'completed' });
    expect(send().codes).toEqual([code]);
    expect(forwarder.asked).toEqual(['a']);
  });

  it('answers 504 when connecting took too long everywhere', () => {
    expect(benchOf({ a: 'connect-timeout' }).send().codes).toEqual(['upstream-timeout']);
  });

  it('answers 503 with Retry-After when no instance is healthy', () => {
    const { send } = benchOf({}, [
      instanceOf({ id: 'a', status: 'down' }),
      instanceOf({ id: 'b', weight: 0 }),
    ]);
    const exchange = send();
    expect(exchange.codes).toEqual(['no-healthy-instance']);
    expect(exchange.replies[0]!.headers).toEqual({ 'retry-after': '2' });
  });

  it('gives the attempt up, and its load back, when the exchange is over', () => {
    const { forward, forwarder, instances, send } = benchOf({ a: 'pending' });
    const exchange = send();
    forward.abandon(exchange);
    forward.abandon(exchange);
    expect([forwarder.aborted, instances[0]!.load.inFlight]).toEqual([['a'], 0]);
  });

  it('marks an answer that broke off', () => {
    const { instances, send } = benchOf({ a: 'broken' });
    expect([send().ending, instances[0]!.load.inFlight]).toEqual(['broken', 0]);
  });
});

import type { Instance } from '../../discovery/index.js';
import { Forward, type ForwardParts } from './forward.js';
import { failureOf } from '../exchange/failure.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import { compileRoute } from '../routing/compile-route.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { FakeForwarder, type AttemptResult } from '../testing/fake-forwarder.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';

/** Round robin, so that the order of instances is predictable. */
const IN_TURN: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
};

function harnessOf(
  fates: Record<string, AttemptResult>,
  instances: readonly Instance[] = Object.keys(fates).map((id) => instanceOf({ id })),
  policy = IN_TURN,
) {
  const clock = { ms: performance.now() };
  const route = compileRoute('users', policy);
  const forwarder = new FakeForwarder(fates);
  const reports: string[] = [];
  const failures: string[] = [];
  const parts: ForwardParts<FakeExchange> = {
    services: tableOf(...instances),
    forwarders: { http: forwarder, local: forwarder },
    reports: {
      refused: ({ id }) => reports.push(`${id} refused`),
      unreachable: ({ id }) => reports.push(`${id} unreachable`),
      suspected: ({ id }) => reports.push(`${id} suspected`),
      failing: ({ id }, reason) => reports.push(`${id} failing: ${reason}`),
    },
    recorder: {
      attemptFailed: (_exchange, { id }, { kind }) => failures.push(`${id} ${kind}`),
      tunnelOpened: () => undefined,
      ended: () => undefined,
    },
  };
  const forward = new Forward(parts, () => clock.ms);
  const send = (exchange = new FakeExchange()): FakeExchange => {
    exchange.route ??= route;
    forward.start(exchange);
    return exchange;
  };
  return { parts, forward, forwarder, reports, failures, instances, clock, route, send };
}

describe('Forward', () => {
  it('sends to the instance that the balancer picks, and counts its load meanwhile', () => {
    const { forward, forwarder, instances, send } = harnessOf({ a: 'pending' });
    const exchange = send();
    expect(instances[0]!.load.inFlight).toBe(1);
    forward.completed(exchange);
    expect(instances[0]!.load.inFlight).toBe(0);
    expect([forwarder.sentTo, exchange.attempts, exchange.codes]).toEqual([['a'], 1, []]);
  });

  it.each([
    ['refused', 'refused'],
    ['connect-timeout', 'unreachable'],
  ] as const)('tries every instance for any method when it is %s', (fate, report) => {
    const { forwarder, reports, failures, send } = harnessOf({ a: fate, b: fate, c: 'completed' });
    const exchange = send(new FakeExchange('POST'));
    expect(forwarder.sentTo).toEqual(['a', 'b', 'c']);
    expect(reports).toEqual([`a ${report}`, `b ${report}`]);
    expect(failures).toEqual([`a ${fate}`, `b ${fate}`]);
    expect([exchange.status, exchange.attempts]).toEqual([200, 3]);
  });

  it('reports an instance as suspected if it accepts no connection in time but responds on others', () => {
    const { forward, reports, clock, send } = harnessOf({ a: 'pending' });
    const [late, other] = [send(), send()];
    clock.ms += 10;
    forward.accepts(other, 200);
    forward.failed(late, failureOf('connect-timeout'));
    expect(reports).toEqual(['a suspected']);
  });

  it('records no instance failure and opens no breaker when the gateway lacks resources for a connection', () => {
    const { reports, forwarder, route, instances, send } = harnessOf({ a: 'exhausted', b: 'exhausted' });
    const exchanges = Array.from({ length: 2 * DEFAULT_POLICY.breaker.minRequests }, () => send());
    expect(new Set(exchanges.flatMap(({ codes }) => codes))).toEqual(new Set(['overloaded']));
    expect(forwarder.sentTo).toHaveLength(exchanges.length);
    expect([reports, route.breaker?.state]).toEqual([[], 'closed']);
    expect(instances.map(({ load }) => [load.inFlight, load.failuresInRow])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('tries another instance when the gateway has no port left for one, and blames none', () => {
    const { forward, forwarder, reports, instances, send } = harnessOf({ a: 'pending', b: 'completed' });
    const exchange = send(new FakeExchange('POST'));
    const cause = Object.assign(new Error('no port'), { code: 'EADDRNOTAVAIL' });
    forward.failed(exchange, failureOf('exhausted', cause));
    expect([forwarder.sentTo, exchange.status, reports]).toEqual([['a', 'b'], 200, []]);
    expect(instances[0]!.load.failuresInRow).toBe(0);
  });

  it('tries another instance when no connection slot becomes free in time, and blames none', () => {
    const { forwarder, reports, instances, send } = harnessOf({ a: 'queue-timeout', b: 'completed' });
    const exchange = send(new FakeExchange('POST'));
    expect([forwarder.sentTo, exchange.status, reports]).toEqual([['a', 'b'], 200, []]);
    expect(instances[0]!.load.failuresInRow).toBe(0);
  });

  it('stops after as many refused connections as the policy allows', () => {
    const fates = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`i${i}`, 'refused' as const]));
    const { forwarder, send } = harnessOf(fates);
    expect(send().codes).toEqual(['upstream-unreachable']);
    expect(forwarder.sentTo).toHaveLength(1 + DEFAULT_POLICY.retries.afterRefusal);
  });

  it('tries one other instance after a reset, if the request may be repeated', () => {
    const { forwarder, reports, send } = harnessOf({ a: 'reset', b: 'reset', c: 'completed' });
    expect(send().codes).toEqual(['upstream-unreachable']);
    expect([forwarder.sentTo, reports]).toEqual([
      ['a', 'b'],
      ['a suspected', 'b suspected'],
    ]);
  });

  it('retries the only instance after a reset, which may have been the closing of an idle connection', () => {
    const { forwarder, send } = harnessOf({ a: 'reset' });
    send();
    expect(forwarder.sentTo).toEqual(['a', 'a']);
  });

  it.each([
    ['is not idempotent', new FakeExchange('POST')],
    ['has a partly sent body', Object.assign(new FakeExchange('PUT'), { isBodyConsumed: true })],
  ])('does not repeat a request after a reset that %s', (_why, exchange) => {
    const { forwarder, send } = harnessOf({ a: 'reset', b: 'completed' });
    expect(send(exchange).codes).toEqual(['upstream-unreachable']);
    expect(forwarder.sentTo).toEqual(['a']);
  });

  it.each([
    ['timeout', 'upstream-timeout'],
    ['protocol-error', 'upstream-protocol-error'],
  ] as const)('does not retry after a %s, and replies with %s', (fate, code) => {
    const { forwarder, send } = harnessOf({ a: fate, b: 'completed' });
    expect(send().codes).toEqual([code]);
    expect(forwarder.sentTo).toEqual(['a']);
  });

  it('replaces a 502, 503 or 504 with the response of another instance, after a random wait', () => {
    jest.useFakeTimers();
    const { forwarder, failures, send } = harnessOf({ a: 503, b: 'completed' });
    const exchange = send();
    expect([forwarder.sentTo, failures, exchange.status]).toEqual([['a'], ['a gateway-error'], 0]);
    jest.advanceTimersByTime(DEFAULT_POLICY.retries.backoffMs);
    expect([forwarder.sentTo, exchange.status, exchange.attempts]).toEqual([['a', 'b'], 200, 2]);
    jest.useRealTimers();
  });

  it.each([
    ['there is no other instance', new FakeExchange(), { a: 503 }],
    ['the request is not idempotent', new FakeExchange('POST'), { a: 503, b: 'completed' }],
    ['it is an error of the service itself', new FakeExchange(), { a: 500, b: 'completed' }],
  ] as const)('forwards an error unchanged when %s', (_why, exchange, fates) => {
    const { forwarder, send } = harnessOf(fates);
    expect(send(exchange).status).toBe(fates.a);
    expect(forwarder.sentTo).toEqual(['a']);
  });

  it('forwards the last error when every attempt gets one', () => {
    jest.useFakeTimers();
    const { forwarder, send } = harnessOf({ a: 503, b: 502, c: 504 });
    const exchange = send();
    jest.runAllTimers();
    expect([forwarder.sentTo, exchange.status, exchange.codes]).toEqual([['a', 'b'], 502, []]);
    jest.useRealTimers();
  });

  it('cancels the wait for another attempt when the client disconnects', () => {
    jest.useFakeTimers();
    const { forward, forwarder, send } = harnessOf({ a: 503, b: 'completed' });
    forward.abort(send());
    jest.runAllTimers();
    expect(forwarder.sentTo).toEqual(['a']);
    jest.useRealTimers();
  });

  it('limits repeats to a fifth of the traffic plus an initial thirty when everything fails', () => {
    const { forwarder, clock, send } = harnessOf({ a: 'reset', b: 'reset', c: 'reset' });
    for (let i = 0; i < 5_000; i += 1) {
      clock.ms += 2;
      send();
    }
    expect(forwarder.sentTo.length).toBeLessThanOrEqual(6_030);
    expect(forwarder.sentTo.length).toBeGreaterThan(5_900);
  });

  it('reports an instance that fails five times in a row, and resets the count after a success', () => {
    const fates: Record<string, AttemptResult> = { a: 500 };
    const { reports, send } = harnessOf(fates);
    const response = (fate: AttemptResult, times: number): void => {
      fates.a = fate;
      for (let i = 0; i < times; i += 1) send();
    };
    response(500, 4);
    response('completed', 1);
    response('broken', 4);
    expect(reports).toEqual([]);
    response('protocol-error', 1);
    expect(reports).toEqual([
      'a failing: 5 consecutive failures, last: the instance sent an invalid HTTP/1.1 response',
    ]);
  });

  it('does not count a status that is not a service failure', () => {
    const { instances, send } = harnessOf({ a: 501 });
    for (let i = 0; i < 10; i += 1) send(new FakeExchange('POST'));
    expect(instances[0]!.load.failuresInRow).toBe(0);
  });

  it('counts no failure when an instance declines a request', () => {
    const { forward, clock, instances, reports, route, send } = harnessOf({ a: 'pending' });
    for (let i = 0; i < 50; i += 1) {
      const exchange = send(new FakeExchange('POST'));
      clock.ms += 1;
      forward.accepts(exchange, 503, true);
      exchange.status = 503;
      forward.completed(exchange);
    }
    expect(instances[0]!.load).toMatchObject({ failuresInRow: 0, awaited: 0, inFlight: 0 });
    expect([reports, route.breaker?.state]).toEqual([[], 'closed']);
  });

  it('records the response time of each instance', () => {
    const { forward, clock, instances, send } = harnessOf({ a: 'pending' });
    const exchange = send();
    clock.ms += 40;
    forward.accepts(exchange, 200);
    expect(instances[0]!.load).toMatchObject({ latencyMs: 40, awaited: 0, inFlight: 1 });
  });

  it('responds with 504 after the time limit of a trusted caller, and ignores that of others', () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const patience = { 'x-request-timeout-ms': '50' };
    const { send } = harnessOf({ a: 'pending' });
    const trusted = Object.assign(new FakeExchange('GET', '/api/users', patience), {
      isFromTrustedPeer: true,
    });
    const stranger = new FakeExchange('GET', '/api/users', patience);
    for (const exchange of [trusted, stranger]) send(exchange);
    jest.advanceTimersByTime(1_000);
    expect([trusted.codes, stranger.codes]).toEqual([['upstream-timeout'], []]);
    jest.useRealTimers();
  });

  const hasty = (ms: number): FakeExchange =>
    Object.assign(new FakeExchange('GET', '/api/users', { 'x-request-timeout-ms': String(ms) }), {
      isFromTrustedPeer: true,
    });

  it.each([
    ['time limit of the route', () => new FakeExchange(), 'open', 20],
    ['shorter time limit of a caller', () => hasty(40), 'closed', 0],
  ])('counts expiry as a failure only for the limit of the route (%s)', (...args) => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const [, make, state, failures] = args;
    const policy = { ...IN_TURN, timeouts: { ...IN_TURN.timeouts, totalMs: 50 } };
    const { route, instances, send } = harnessOf({ a: 'pending' }, undefined, policy);
    for (let i = 0; i < 20; i += 1) send(make());
    jest.advanceTimersByTime(1_000);
    expect([route.breaker?.state, instances[0]!.load.failuresInRow]).toEqual([state, failures]);
    jest.useRealTimers();
  });

  it('sends no request for a caller whose time limit expired while it was queued', () => {
    const { clock, forwarder, send } = harnessOf({ a: 'completed' });
    const exchange = hasty(50);
    clock.ms = exchange.startedAt + 60;
    expect([send(exchange).codes, forwarder.sentTo]).toEqual([['upstream-timeout'], []]);
  });

  it('retries the same instance when all others have left during the wait', () => {
    jest.useFakeTimers();
    const { parts, instances, forwarder, send } = harnessOf({ a: 503, b: 'completed' });
    const exchange = send();
    setInstances(parts.services, [instances[0]!]);
    jest.runAllTimers();
    expect([forwarder.sentTo, exchange.status, exchange.codes]).toEqual([['a', 'a'], 503, []]);
    jest.useRealTimers();
  });

  it('resets the failure count after a successful response of a local instance, which ends with the exchange', () => {
    const { forward, instances, send } = harnessOf({ a: 'pending' });
    instances[0]!.load.failuresInRow = 4;
    const exchange = send();
    exchange.status = 200;
    forward.abort(exchange);
    expect(instances[0]!.load.failuresInRow).toBe(0);
  });

  it('responds with 504 when connecting timed out everywhere', () => {
    expect(harnessOf({ a: 'connect-timeout' }).send().codes).toEqual(['upstream-timeout']);
  });

  it('responds with 503 and Retry-After when no instance is healthy', () => {
    const { send } = harnessOf({}, [
      instanceOf({ id: 'a', status: 'down' }),
      instanceOf({ id: 'b', weight: 0 }),
    ]);
    const exchange = send();
    expect(exchange.codes).toEqual(['no-healthy-instance']);
    expect(exchange.replies[0]!.headers).toEqual({ 'retry-after': '2' });
  });

  it('aborts the attempt and releases its load when the exchange ends', () => {
    const { forward, forwarder, instances, send } = harnessOf({ a: 'pending' });
    const exchange = send();
    forward.abort(exchange);
    forward.abort(exchange);
    expect([forwarder.aborted, instances[0]!.load.inFlight]).toEqual([['a'], 0]);
  });

  it('marks a truncated response', () => {
    const { instances, send } = harnessOf({ a: 'broken' });
    expect([send().ending, instances[0]!.load.inFlight]).toEqual(['broken', 0]);
  });
});

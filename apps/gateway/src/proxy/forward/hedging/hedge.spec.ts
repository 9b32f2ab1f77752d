import { Forward } from '../forward.js';
import { DEFAULT_POLICY, type Policy } from '../../../policy/policy.js';
import { compileRoute } from '../../routing/compile-route.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { FakeForwarder, type AttemptResult } from '../../testing/fake-forwarder.js';
import { instanceOf, tableOf } from '../../testing/instances.js';

const AFTER_MS = 40;

/** Round robin, so that the order of instances is predictable. */
const HEDGED: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
  hedging: { after: AFTER_MS },
};

function harnessOf(fates: Record<string, AttemptResult>, policy = HEDGED) {
  const clock = { ms: performance.now() };
  const instances = Object.keys(fates).map((id) => instanceOf({ id }));
  const route = compileRoute('users', policy);
  const forwarder = new FakeForwarder(fates);
  const reported: string[] = [];
  const forward = new Forward<FakeExchange>(
    {
      services: tableOf(...instances),
      forwarders: { http: forwarder, local: forwarder },
      reports: {
        refused: ({ id }) => reported.push(`${id} refused`),
        unreachable: ({ id }) => reported.push(`${id} unreachable`),
        suspected: ({ id }) => reported.push(`${id} suspected`),
        failing: ({ id }) => reported.push(`${id} failing`),
      },
      recorder: {
        attemptFailed: (_exchange, { id }, { kind }) => reported.push(`${id} ${kind}`),
        tunnelOpened: () => undefined,
        ended: () => undefined,
      },
    },
    () => clock.ms,
  );
  const send = (exchange = new FakeExchange()): FakeExchange => {
    exchange.route = route;
    forward.start(exchange);
    return exchange;
  };
  const pass = (ms: number): void => {
    clock.ms += ms;
    jest.advanceTimersByTime(ms);
  };
  /** An exchange whose first attempt, at `a`, is late, so that a hedged attempt was sent to `b`. */
  const late = () => {
    const exchange = send();
    pass(AFTER_MS);
    return { exchange, second: forwarder.hedged.b! };
  };
  const loads = () => instances.map(({ load }) => [load.inFlight, load.awaited]);
  const nothingInFlight = () => [route.load.inFlight, ...loads().flat()].every((count) => count === 0);
  return {
    forward,
    forwarder,
    instances,
    route,
    reported: reported,
    clock,
    send,
    pass,
    late,
    loads,
    nothingInFlight,
  };
}

describe('A hedged attempt', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['performance'] }));
  afterEach(() => jest.useRealTimers());

  it('is sent to another instance when no response has begun in time, and not before', () => {
    const { forwarder, loads, route, send, pass } = harnessOf({ a: 'pending', b: 'pending' });
    const exchange = send();
    pass(AFTER_MS - 1);
    expect(forwarder.sentTo).toEqual(['a']);
    pass(1);
    expect([forwarder.sentTo, exchange.attempts, route.load.inFlight]).toEqual([['a', 'b'], 2, 2]);
    expect(loads()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    pass(10_000);
    expect(forwarder.sentTo).toEqual(['a', 'b']);
  });

  it('that responds first wins; the first attempt is cancelled, without a failure of its instance', () => {
    const {
      forwarder,
      instances,
      reported: reported,
      clock,
      late,
      nothingInFlight,
    } = harnessOf({
      a: 'pending',
      b: 'pending',
    });
    const { exchange, second } = late();
    clock.ms += 3;
    second.respond(200);
    expect([exchange.status, exchange.instance?.id, exchange.hedge?.outcome]).toEqual([200, 'b', 'won']);
    expect([forwarder.aborted, reported, nothingInFlight()]).toEqual([['a'], [], true]);
    const [a, b] = instances;
    expect(a!.load).toMatchObject({ latencyMs: 0, failuresInRow: 0 });
    expect(b!.load.latencyMs).toBe(3);
  });

  it('that responds second is cancelled, without a failure of its instance', () => {
    const {
      forward,
      instances,
      reported: reported,
      late,
      nothingInFlight,
    } = harnessOf({ a: 'pending', b: 'pending' });
    const { exchange, second } = late();
    expect(forward.accepts(exchange, 200)).toBe(true);
    expect([second.isAborted, exchange.hedge?.outcome, exchange.instance?.id]).toEqual([true, 'lost', 'a']);
    forward.completed(exchange);
    expect([reported, instances[1]!.load.latencyMs, nothingInFlight()]).toEqual([[], 0, true]);
  });

  it('that wins with a 404 is final', () => {
    const { late } = harnessOf({ a: 'pending', b: 'pending' });
    const { exchange, second } = late();
    second.respond(404);
    expect([exchange.status, exchange.hedge?.outcome]).toEqual([404, 'won']);
  });

  it('replaces a first attempt that fails, and counts as its retry', () => {
    const {
      forward,
      forwarder,
      reported: reported,
      late,
      nothingInFlight,
    } = harnessOf({
      a: 'pending',
      b: 'pending',
      c: 'completed',
    });
    const { exchange, second } = late();
    forward.failed(exchange, { kind: 'reset', detail: 'ECONNRESET' });
    expect([second.isAdopted, exchange.instance?.id, exchange.hedge?.outcome]).toEqual([
      true,
      'b',
      'replaced',
    ]);
    expect(reported).toEqual(['a reset', 'a suspected']);
    forward.failed(exchange, { kind: 'reset', detail: 'EPIPE' });
    expect([forwarder.sentTo, exchange.codes]).toEqual([['a', 'b'], ['upstream-unreachable']]);
    expect(nothingInFlight()).toBe(true);
  });

  it('is used without a further charge to the budget when the first attempt gets a 503', () => {
    const { forward, route, late } = harnessOf({ a: 'pending', b: 'pending' });
    const { exchange, second } = late();
    const spend = jest.spyOn(route.retries.budget, 'spend');
    expect(forward.accepts(exchange, 503)).toBe(false);
    forward.failed(exchange, { kind: 'gateway-error', detail: '503' });
    second.respond(200);
    expect([exchange.hedge?.outcome, second.isAdopted, spend.mock.calls]).toEqual(['replaced', true, []]);
  });

  it.each([
    ['breaks', (second: { fail(kind: 'reset'): void }) => second.fail('reset'), ['b reset', 'b suspected']],
    ['gets a 503', (second: { respond(status: number): void }) => second.respond(503), ['b gateway-error']],
  ])('that %s does not affect the first attempt, which may still be retried', (_what, happen, expected) => {
    const {
      forward,
      forwarder,
      instances,
      reported: reported,
      late,
      loads,
      nothingInFlight,
    } = harnessOf({
      a: 'pending',
      b: 'pending',
      c: 'completed',
    });
    const { exchange, second } = late();
    happen(second);
    expect([reported, instances[1]!.load.failuresInRow]).toEqual([expected, 1]);
    expect(loads()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    expect([exchange.hedge?.outcome, exchange.instance?.id]).toEqual(['failed', 'a']);
    forward.failed(exchange, { kind: 'reset', detail: 'ECONNRESET' });
    expect([forwarder.sentTo, exchange.status, nothingInFlight()]).toEqual([['a', 'b', 'c'], 200, true]);
  });

  it('is aborted with the first attempt when the client disconnects', () => {
    const { forward, forwarder, late, nothingInFlight } = harnessOf({ a: 'pending', b: 'pending' });
    const { exchange, second } = late();
    forward.abort(exchange);
    expect([forwarder.aborted, second.isAborted, exchange.hedge?.outcome]).toEqual([
      ['a'],
      true,
      'cancelled',
    ]);
    expect(nothingInFlight()).toBe(true);
  });

  it('is bound by the time limit of the whole exchange', () => {
    const policy = { ...HEDGED, timeouts: { ...HEDGED.timeouts, totalMs: 60 } };
    const { pass, late, nothingInFlight } = harnessOf({ a: 'pending', b: 'pending' }, policy);
    const { exchange, second } = late();
    pass(1_000);
    expect([exchange.codes, second.isAborted, nothingInFlight()]).toEqual([['upstream-timeout'], true, true]);
  });

  const withBody = (): FakeExchange => Object.assign(new FakeExchange(), { hasBody: true });

  it.each([
    ['a POST', () => new FakeExchange('POST')],
    ['a PUT', () => new FakeExchange('PUT')],
    ['a GET with a body', withBody],
  ])('is not sent for %s', (_what, make) => {
    const { forwarder, send, pass } = harnessOf({ a: 'pending', b: 'pending' });
    const exchange = send(make());
    pass(1_000);
    expect([forwarder.sentTo, exchange.hedge]).toEqual([['a'], undefined]);
  });

  it('is not sent unless the policy enables it', () => {
    const policy: Policy = { ...HEDGED, hedging: { after: 'off' } };
    const { forwarder, route, send, pass } = harnessOf({ a: 'pending', b: 'pending' }, policy);
    const exchange = send();
    pass(60_000);
    expect([forwarder.sentTo, exchange.hedge, route.hedging]).toEqual([['a'], undefined, undefined]);
  });

  it('is not sent, and not charged, when there is no other instance', () => {
    const { forwarder, route, send, pass } = harnessOf({ a: 'pending' });
    const spend = jest.spyOn(route.retries.budget, 'spend');
    const exchange = send();
    pass(1_000);
    expect([forwarder.sentTo, spend.mock.calls, exchange.attempts]).toEqual([['a'], [], 1]);
  });

  it('is not sent when the retry budget is exhausted', () => {
    const policy = { ...HEDGED, retries: { ...HEDGED.retries, budgetPercent: 0 } };
    const { forwarder, loads, send, pass } = harnessOf({ a: 'pending', b: 'pending' }, policy);
    send();
    pass(1_000);
    expect([forwarder.sentTo, loads()[1]]).toEqual([['a'], [0, 0]]);
  });

  it.each([
    ['the service is at its concurrency limit', { perService: 1 }],
    ['every other instance is at its limit', { perInstance: 1 }],
  ])('is not sent when %s', (_what, limits) => {
    const policy = { ...HEDGED, concurrency: { ...HEDGED.concurrency, ...limits } };
    const { forwarder, instances, send, pass } = harnessOf({ a: 'pending', b: 'pending' }, policy);
    send();
    instances[1]!.load.inFlight = 1;
    pass(1_000);
    expect(forwarder.sentTo).toEqual(['a']);
  });

  it('is not sent while the breaker is half-open', () => {
    const { forwarder, route, clock, send, pass } = harnessOf({ a: 'pending', b: 'pending' });
    for (let i = 0; i < 20; i += 1) route.breaker!.record({}, true, clock.ms);
    route.breaker!.admits({}, clock.ms + DEFAULT_POLICY.breaker.openMs);
    send();
    pass(1_000);
    expect([route.breaker!.state, forwarder.sentTo]).toEqual(['half-open', ['a']]);
  });

  it('waits for a quantile of recent response times, once enough are recorded', () => {
    const policy: Policy = { ...HEDGED, hedging: { after: 'p95' } };
    const fates: Record<string, AttemptResult> = { a: 'pending', b: 'pending' };
    const { forward, forwarder, route, send, pass } = harnessOf(fates, policy);
    const respondAfter = (ms: number): void => {
      const exchange = send();
      pass(ms);
      if (forward.accepts(exchange, 200)) forward.completed(exchange);
    };
    for (let i = 0; i < 63; i += 1) respondAfter(7);
    expect(route.hedging!.delayMs).toBeUndefined();
    for (let i = 0; i < 449; i += 1) respondAfter(i % 50 === 0 ? 300 : 7);
    expect(route.hedging!.delayMs).toBe(8);
    const before = forwarder.sentTo.length;
    send();
    pass(7);
    expect(forwarder.sentTo).toHaveLength(before + 1);
    pass(1);
    expect(forwarder.sentTo).toHaveLength(before + 2);
  });

  it('is never sent sooner than two milliseconds after the first attempt', () => {
    const { route } = harnessOf({ a: 'pending' }, { ...HEDGED, hedging: { after: 'p50' } });
    for (let i = 0; i < 64; i += 1) route.hedging!.recordHeadTime(0.1);
    expect(route.hedging!.delayMs).toBe(2);
  });

  it('is limited to a fifth of the traffic plus an initial thirty when every response is slow', () => {
    const { forward, forwarder, send, pass } = harnessOf({ a: 'pending', b: 'pending' });
    const requests = 500;
    for (let i = 0; i < requests; i += 1) {
      const exchange = send();
      pass(AFTER_MS);
      if (forward.accepts(exchange, 200)) forward.completed(exchange);
    }
    const hedges = forwarder.sentTo.length - requests;
    expect(hedges).toBeGreaterThan(0);
    // The ten-second window holds 250 requests at this rate; unused budget of an expired window is lost.
    expect(hedges).toBeLessThanOrEqual(30 + (requests * DEFAULT_POLICY.retries.budgetPercent) / 100);
  });
});

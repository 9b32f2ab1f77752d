import type { Instance } from '../../discovery/index.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import { compileRoute, type CompiledRoute } from '../routing/compile-route.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { FakeForwarder, type AttemptResult } from '../testing/fake-forwarder.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';
import { NO_REPORTS } from '../exchange/instance-reports.js';
import { Forward } from './forward.js';

const ROUTE_POLICY: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
  traffic: {
    versions: [
      { version: '1', weight: 50 },
      { version: '2', weight: 50 },
    ],
    cohort: { from: 'client' },
  },
};

/** Instances by id; the first letter is the version. */
function harnessOf(results: Record<string, AttemptResult>, policy = ROUTE_POLICY) {
  const instances = Object.keys(results).map((id) => instanceOf({ id, version: id.charAt(0) }));
  const services = tableOf(...instances);
  const forwarder = new FakeForwarder(results);
  const route: CompiledRoute = compileRoute('users', policy);
  const forward = new Forward<FakeExchange>({
    services,
    forwarders: { http: forwarder, local: forwarder },
    reports: { ...NO_REPORTS, refused: ({ id }) => eject(id) },
    recorder: { attemptFailed: () => undefined, tunnelOpened: () => undefined, ended: () => undefined },
  });
  const eject = (gone: string): void =>
    setInstances(
      services,
      instances.map((each): Instance => (each.id === gone ? { ...each, status: 'down' } : each)),
    );
  const send = (version: string, method = 'GET'): FakeExchange => {
    const exchange = Object.assign(new FakeExchange(method), { route, version });
    forward.start(exchange);
    return exchange;
  };
  return { forward, forwarder, services, instances, route, eject, send };
}

describe('Forward on a route with versions', () => {
  it('sends every attempt to the version of the exchange', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '1b': 'completed', '2a': 'completed' });
    for (let i = 0; i < 6; i += 1) expect(send('1').instance?.version).toBe('1');
    expect(send('2').instance?.id).toBe('2a');
    expect(new Set(forwarder.sentTo.slice(0, 6))).toEqual(new Set(['1a', '1b']));
  });

  it('retries inside the version while it has an instance that was not tried', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '2a': 'reset', '2b': 'completed' });
    send('2');
    const exchange = send('2');
    expect([exchange.status, exchange.version]).toEqual([200, '2']);
    expect(forwarder.sentTo).not.toContain('1a');
  });

  it('sends a request to another version rather than to the only instance that reset it', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '2a': 'reset' });
    const exchange = send('2');
    expect([exchange.status, exchange.version, forwarder.sentTo]).toEqual([200, '1', ['2a', '1a']]);
  });

  it('passes on the 503 of a version, which other versions do not hide', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '2a': 503 });
    expect(send('2').status).toBe(503);
    expect(forwarder.sentTo).toEqual(['2a']);
  });

  it('moves a retry to another version once every instance of its own has failed', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '2a': 'refused', '2b': 'refused' });
    const exchange = send('2', 'POST');
    expect([exchange.status, exchange.version]).toEqual([200, '1']);
    expect(forwarder.sentTo).toEqual(['2a', '2b', '1a']);
  });

  it('sends a request that was being sent when its version died to another one, unless it is not idempotent', () => {
    const { forwarder, send } = harnessOf({ '1a': 'completed', '2a': 'reset', '2b': 'refused' });
    const get = send('2');
    expect([get.status, get.version, forwarder.sentTo]).toEqual([200, '1', ['2a', '2b', '1a']]);
    expect(send('2', 'POST').codes).toEqual(['upstream-unreachable']);
  });

  it('moves a request whose version lost its last instance while the request waited', () => {
    const { eject, send } = harnessOf({ '1a': 'completed', '2a': 'completed' });
    eject('2a');
    const exchange = send('2');
    expect([exchange.status, exchange.version]).toEqual([200, '1']);
  });

  it('keeps a request in a version that is only full', () => {
    const policy = { ...ROUTE_POLICY, concurrency: { ...ROUTE_POLICY.concurrency, perInstance: 1 } };
    const { send } = harnessOf({ '1a': 'pending', '2a': 'pending' }, policy);
    send('2');
    const second = send('2');
    expect([second.codes, second.version]).toEqual([['concurrency-limit'], '2']);
  });

  it('has no healthy instance if the listed versions have none', () => {
    const { send } = harnessOf({ '3a': 'completed' });
    expect(send('2').codes).toEqual(['no-healthy-instance']);
  });

  it('counts the requests in flight of each version', () => {
    const { forward, route, send } = harnessOf({ '1a': 'pending', '2a': 'pending', '2b': 'pending' });
    const [, second] = [send('1'), send('2'), send('2')];
    const loads = () => [route.load, ...['1', '2'].map((each) => route.versions!.get(each)!.load)];
    expect(loads().map(({ inFlight }) => inFlight)).toEqual([3, 1, 2]);
    forward.completed(second);
    expect(loads().map(({ inFlight }) => inFlight)).toEqual([2, 1, 1]);
  });

  it('keeps the balancer of a version when weights change', () => {
    const traffic = {
      ...ROUTE_POLICY.traffic!,
      versions: [
        { version: '2', weight: 90 },
        { version: '3', weight: 1 },
      ],
    };
    const before = compileRoute('users', ROUTE_POLICY);
    const after = compileRoute('users', { ...ROUTE_POLICY, traffic }, undefined, { related: [before] });
    expect(after.versions!.get('2')).toBe(before.versions!.get('2'));
    expect([after.versions!.get('1'), after.versions!.get('3')?.version]).toEqual([undefined, '3']);
  });
});

describe('A hedged attempt on a route with versions', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['performance'] }));
  afterEach(() => jest.useRealTimers());

  it('goes to an instance of the same version, or is not sent', () => {
    const policy: Policy = { ...ROUTE_POLICY, hedging: { after: 5 } };
    const { forwarder, send } = harnessOf({ '1a': 'pending', '1b': 'pending', '2a': 'pending' }, policy);
    send('1');
    send('2');
    jest.advanceTimersByTime(1_000);
    expect([...forwarder.sentTo].sort()).toEqual(['1a', '1b', '2a']);
  });
});

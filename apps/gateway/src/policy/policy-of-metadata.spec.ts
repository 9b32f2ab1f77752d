import { DEFAULT_POLICY } from './policy.js';
import { declarationOf, declaredBy, policyOf } from './policy-of-metadata.js';

const declared = (...fleet: Record<string, string>[]) =>
  policyOf(declarationOf(declaredBy(fleet.map((metadata) => ({ metadata })))));

describe('The policy that metadata declares', () => {
  it('is the default when nothing is declared', () => {
    expect(declared({ zone: 'a' }, {})).toEqual({ policy: DEFAULT_POLICY, faults: [] });
  });

  it('differs from the default in the declared values', () => {
    const { policy, faults } = declared({
      'gateway.timeout.response-header-ms': '1500',
      'gateway.balancer': 'consistent-hash',
      'gateway.hash-on': 'header:X-User',
      'gateway.retry.on': 'connect-failure, retriable-status-codes',
      'gateway.retry.statuses': '409, 429',
      'gateway.breaker.statuses': '500,502',
      'gateway.concurrency.per-instance': '8',
    });
    expect(faults).toEqual([]);
    expect(policy).toEqual({
      ...DEFAULT_POLICY,
      timeouts: { ...DEFAULT_POLICY.timeouts, responseHeaderMs: 1500 },
      balancing: {
        ...DEFAULT_POLICY.balancing,
        kind: 'consistent-hash',
        hashOn: { from: 'header', name: 'x-user' },
      },
      retries: {
        ...DEFAULT_POLICY.retries,
        on: ['connect-failure', 'retriable-status-codes'],
        statuses: [409, 429],
      },
      breaker: { ...DEFAULT_POLICY.breaker, statuses: [500, 502] },
      concurrency: { ...DEFAULT_POLICY.concurrency, perInstance: 8 },
    });
  });

  it('accepts the keys of health checks, which do not change the policy', () => {
    const metadata = {
      'gateway.health-check.interval-ms': '0',
      'gateway.health-check.healthy-threshold': '3',
    };
    expect(declared(metadata)).toEqual({ policy: DEFAULT_POLICY, faults: [] });
  });

  it('is that of the instance which registered last when instances differ', () => {
    const of = (ms: string) => ({ 'gateway.timeout.total-ms': ms });
    expect(declared(of('100'), of('200'), {}).policy.timeouts.totalMs).toBe(200);
  });

  it('has one declaration for all texts of one policy', () => {
    const a = { 'gateway.retry.statuses': '409, 429', 'gateway.timeout.total-ms': '0100' };
    const b = { 'gateway.timeout.total-ms': '100', 'gateway.retry.statuses': '409,429' };
    const standard = { 'gateway.timeout.connect-ms': '3000' };
    expect(declarationOf({ ...a, ...standard })).toBe(declarationOf(b));
    expect(declarationOf(standard)).toBe('');
  });

  it.each([
    ['p95', 'p95'],
    ['50', 50],
    ['off', 'off'],
  ])('hedges after %s if declared', (text, after) => {
    const { policy, faults } = declared({ 'gateway.hedge.after': text });
    expect([policy.hedging.after, faults]).toEqual([after, []]);
  });

  it('closes the internal paths of all instances', () => {
    const of = (paths: string) => ({ 'gateway.internal-paths': paths });
    expect(declared(of('/b, /a'), {}, of('/c'), of('/a')).policy.internalPaths).toEqual(['/a', '/b', '/c']);
  });

  it('has one declaration, however many instances declare the same internal paths', () => {
    const fleet = (count: number) =>
      Array.from({ length: count }, () => ({ metadata: { 'gateway.internal-paths': '/a,/b' } }));
    expect(declarationOf(declaredBy(fleet(9)))).toBe(declarationOf(declaredBy(fleet(1))));
  });

  it('closes every path when the internal paths are invalid', () => {
    expect(declared({ 'gateway.internal-paths': 'inner' }).policy.internalPaths).toEqual(['/']);
  });

  it.each([
    ['gateway.timeout.connect-ms', '0'],
    ['gateway.timeout.connect-ms', '-5'],
    ['gateway.timeout.connect-ms', '3s'],
    ['gateway.balancer', 'random'],
    ['gateway.hash-on', 'header:'],
    ['gateway.hash-on', 'cookie:a b'],
    ['gateway.retry.on', 'connect-failure,sometimes'],
    ['gateway.retry.statuses', '200'],
    ['gateway.breaker.statuses', '5xx'],
    ['gateway.hedge.after', 'p100'],
    ['gateway.hedge.after', 'p49'],
    ['gateway.hedge.after', 'p'],
    ['gateway.hedge.after', '0'],
    ['gateway.hedge.after', '60001'],
    ['gateway.hedge.after', '5ms'],
    ['gateway.health-check.interval-ms', '10s'],
    ['gateway.health-check.timeout-ms', '0'],
    ['gateway.health-check.unhealthy-threshold', '0'],
    ['gateway.health-check.path', '/up'],
    ['gateway.nothing', '1'],
    ['gateway.__proto__', '1'],
  ])('keeps the default and reports a fault for %s=%s', (key, text) => {
    const { policy, faults } = declared({ [key]: text, 'gateway.timeout.idle-ms': '5' });
    expect(policy).toEqual({ ...DEFAULT_POLICY, timeouts: { ...DEFAULT_POLICY.timeouts, idleMs: 5 } });
    expect(faults).toEqual([`${key}=${text} is not a valid policy setting; the default applies`]);
  });
});

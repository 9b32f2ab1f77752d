import type { Instance } from '../../discovery/index.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf } from '../testing/instances.js';
import { RoundRobinBalancer } from './round-robin.balancer.js';
import { WarmUp } from './warm-up.js';

const instances = ['a', 'b', 'c'].map((id) => instanceOf({ id }));
const balancerOf = (slowStartMs = 0): RoundRobinBalancer => new RoundRobinBalancer(new WarmUp(slowStartMs));
const picksOf = (balancer: RoundRobinBalancer, of: readonly Instance[], count: number): string =>
  Array.from({ length: count }, () => balancer.pick(of, new FakeExchange())?.id).join('');

describe('RoundRobinBalancer', () => {
  it('cycles through the instances', () => {
    expect(picksOf(balancerOf(), instances, 7)).toBe('abcabca');
  });

  it('picks in proportion to weight, and interleaves the picks of the heavy instance', () => {
    const weighted = [
      instanceOf({ id: 'a', weight: 50 }),
      ...instances.slice(1).map((i) => ({ ...i, weight: 10 })),
    ];
    const picks = picksOf(balancerOf(), weighted, 70);
    expect(['a', 'b', 'c'].map((id) => picks.split(id).length - 1)).toEqual([50, 10, 10]);
    expect(picks).not.toMatch(/a{6}|b[^a]?b|c[^a]?c/);
  });

  it('skips tried instances, and handles a list that shrinks', () => {
    const balancer = balancerOf();
    const exchange = new FakeExchange();
    exchange.markTried(instances[0]!);
    exchange.markTried(instances[1]!);
    expect(balancer.pick(instances, exchange)?.id).toBe('c');
    expect(balancer.pick(instances.slice(0, 1), new FakeExchange())?.id).toBe('a');
  });

  it('returns undefined when all instances were tried or the list is empty', () => {
    const balancer = balancerOf();
    const exchange = new FakeExchange();
    for (const instance of instances) exchange.markTried(instance);
    expect(balancer.pick(instances, exchange)).toBeUndefined();
    expect(balancer.pick([], new FakeExchange())).toBeUndefined();
  });

  it('picks a new instance rarely at first', () => {
    const balancer = balancerOf(10_000);
    picksOf(balancer, instances.slice(0, 2), 1);
    const later = () => Object.assign(new FakeExchange(), { attemptStartedAt: 60_000 });
    const picks = Array.from({ length: 100 }, () => balancer.pick(instances, later())?.id).join('');
    const first = picks.split('c').length - 1;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(10);
  });
});

import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf } from '../testing/instances.js';
import { RoundRobinBalancer } from './round-robin.balancer.js';

const instances = ['a', 'b', 'c'].map((id) => instanceOf({ id }));

describe('RoundRobinBalancer', () => {
  it('gives each instance its turn', () => {
    const balancer = new RoundRobinBalancer();
    const picks = Array.from({ length: 7 }, () => balancer.pick(instances, new FakeExchange())?.id);
    expect(picks.join('')).toBe('abcabca');
  });

  it('passes over what was tried, and over lists that shrink', () => {
    const balancer = new RoundRobinBalancer();
    const exchange = new FakeExchange();
    exchange.markTried(instances[0]!);
    exchange.markTried(instances[1]!);
    expect(balancer.pick(instances, exchange)?.id).toBe('c');
    expect(balancer.pick(instances.slice(0, 1), new FakeExchange())?.id).toBe('a');
  });

  it('finds nothing when all were tried or none is there', () => {
    const balancer = new RoundRobinBalancer();
    const exchange = new FakeExchange();
    for (const instance of instances) exchange.markTried(instance);
    expect(balancer.pick(instances, exchange)).toBeUndefined();
    expect(balancer.pick([], new FakeExchange())).toBeUndefined();
  });
});

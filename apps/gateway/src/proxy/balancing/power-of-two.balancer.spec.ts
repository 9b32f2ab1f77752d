import type { Instance } from '../../discovery/index.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf } from '../testing/instances.js';
import { observeLatency } from './latency.js';
import { PowerOfTwoBalancer } from './power-of-two.balancer.js';
import { WarmUp } from './warm-up.js';

const fleetOf = (count: number, weights: readonly number[] = []): Instance[] =>
  Array.from({ length: count }, (_, i) => instanceOf({ id: `i${i}`, weight: weights[i] ?? 100 }));
const balancerOf = (slowStartMs = 0, limit?: number): PowerOfTwoBalancer =>
  new PowerOfTwoBalancer(new WarmUp(slowStartMs), limit);

/** An instance is known after three responses. */
function recordResponses({ load }: Instance, ms: number): void {
  for (let i = 0; i < 3; i += 1) observeLatency(load, ms, 0);
}

/** Share of `count` picks that each instance gets, all at time `now`. */
function shares(balancer: PowerOfTwoBalancer, fleet: readonly Instance[], count = 6_000, now = 0): number[] {
  const counts = new Map(fleet.map(({ id }) => [id, 0]));
  for (let i = 0; i < count; i += 1) {
    const exchange = Object.assign(new FakeExchange(), { attemptStartedAt: now });
    const id = balancer.pick(fleet, exchange)!.id;
    counts.set(id, counts.get(id)! + 1);
  }
  return [...counts.values()].map((picks) => picks / count);
}

describe('PowerOfTwoBalancer', () => {
  it('spreads evenly over equal instances', () => {
    for (const share of shares(balancerOf(), fleetOf(4))) expect(share).toBeCloseTo(0.25, 1);
  });

  it('spreads by weight', () => {
    const [heavy, light] = shares(balancerOf(), fleetOf(11, [500, ...Array<number>(10).fill(50)]));
    expect(heavy).toBeGreaterThan(5 * light!);
  });

  it('avoids a slow instance, but retries it as its latency fades', () => {
    const fleet = fleetOf(3);
    for (const [i, instance] of fleet.entries()) recordResponses(instance, i === 0 ? 200 : 20);
    expect(shares(balancerOf(), fleet)[0]).toBe(0);
    // After twenty seconds the old latency has faded.
    for (const { load } of fleet.slice(1)) observeLatency(load, 20, 20_000);
    expect(shares(balancerOf(), fleet, 6_000, 20_000)[0]).toBeGreaterThan(0.3);
  });

  it('avoids the instance with more requests in flight', () => {
    const fleet = fleetOf(2);
    for (const instance of fleet) recordResponses(instance, 20);
    fleet[0]!.load.inFlight = 3;
    expect(shares(balancerOf(), fleet)).toEqual([0, 1]);
  });

  it('prefers an instance whose first response was slow until it has three responses', () => {
    const fleet = fleetOf(3);
    for (const [i, instance] of fleet.entries())
      if (i > 0) recordResponses(instance, 2);
      else observeLatency(instance.load, 400, 0);
    expect(shares(balancerOf(), fleet)[0]).toBeGreaterThan(0.6);
    for (let i = 0; i < 2; i += 1) observeLatency(fleet[0]!.load, 2, 0);
    for (const share of shares(balancerOf(), fleet)) expect(share).toBeCloseTo(1 / 3, 1);
  });

  it('sends one request at a time to an instance without responses', () => {
    const fleet = fleetOf(2);
    recordResponses(fleet[1]!, 500);
    fleet[0]!.load.inFlight = 1;
    expect(shares(balancerOf(), fleet)).toEqual([0, 1]);
  });

  it('sends a new instance a tenth of its share at first, and all of it after warm-up', () => {
    const fleet = fleetOf(4);
    const balancer = balancerOf(10_000);
    shares(balancer, fleet.slice(0, 3), 1);
    expect(shares(balancer, fleet, 6_000, 60_000)[3]).toBeLessThan(0.05);
    const half = shares(balancer, fleet, 6_000, 65_000)[3]!;
    expect(half).toBeGreaterThan(0.09);
    expect(half).toBeLessThan(0.17);
    expect(shares(balancer, fleet, 6_000, 70_000)[3]).toBeCloseTo(0.25, 1);
  });

  it('applies no warm-up between instances that start together, and picks the better one', () => {
    const fleet = fleetOf(2);
    for (const [i, instance] of fleet.entries()) recordResponses(instance, i === 0 ? 200 : 20);
    const balancer = balancerOf(10_000);
    shares(balancer, fleet.slice(0, 1), 1);
    expect(shares(balancer, fleet)).toEqual([0, 1]);
  });

  it('never picks an instance that was tried or is full, and finds the only open one', () => {
    const fleet = fleetOf(100);
    for (const { load } of fleet.slice(0, 98)) load.inFlight = 2;
    const exchange = new FakeExchange();
    exchange.markTried(fleet[98]!);
    const balancer = balancerOf(0, 2);
    expect(balancer.pick(fleet, exchange)?.id).toBe('i99');
    fleet[99]!.load.inFlight = 2;
    expect(balancer.pick(fleet, exchange)).toBeUndefined();
    expect(balancer.pick(fleet.slice(0, 1), exchange)).toBeUndefined();
    expect(balancer.pick([], exchange)).toBeUndefined();
  });
});

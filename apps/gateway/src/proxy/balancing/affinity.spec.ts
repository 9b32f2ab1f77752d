import type { Instance } from '../../discovery/index.js';
import type { HashKey } from '../../policy/policy.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf } from '../testing/instances.js';
import { ConsistentHashBalancer } from './consistent-hash.balancer.js';
import { maglevTable } from './maglev-table.js';
import { RoundRobinBalancer } from './round-robin.balancer.js';
import { StickyCookieBalancer } from './sticky-cookie.balancer.js';
import { WarmUp } from './warm-up.js';
import { ZoneBalancer } from './zone.balancer.js';

const fleetOf = (count: number, known: Partial<Instance> = {}): Instance[] =>
  Array.from({ length: count }, (_, i) => instanceOf({ id: `i${i}`, ...known }));
const inTurn = (): RoundRobinBalancer => new RoundRobinBalancer(new WarmUp(0));
const requestWith = (fields: Record<string, string>): FakeExchange =>
  new FakeExchange('GET', '/api/users', fields);

describe('maglevTable', () => {
  it('assigns slots in proportion to weight', () => {
    const table = maglevTable([...fleetOf(4), instanceOf({ id: 'heavy', weight: 200 })]);
    const parts = [0, 1, 2, 3, 4].map(
      (place) => table.filter((owner) => owner === place).length / table.length,
    );
    for (const part of parts.slice(0, 4)) expect(part).toBeCloseTo(1 / 6, 2);
    expect(parts[4]).toBeCloseTo(2 / 6, 2);
  });

  it('reassigns few slots besides those of a removed instance', () => {
    const fleet = fleetOf(10);
    const [before, after] = [maglevTable(fleet), maglevTable(fleet.slice(0, 9))];
    const moved = before.filter((owner, slot) => owner !== 9 && after[slot] !== owner).length;
    expect(moved / before.length).toBeLessThan(0.1);
  });
});

describe('ConsistentHashBalancer', () => {
  const balancerOf = (key: HashKey, load = { inFlight: 0 }) =>
    new ConsistentHashBalancer(key, load, inTurn());
  const fleet = fleetOf(10);

  it.each<[HashKey, (user: string) => FakeExchange]>([
    [{ from: 'header', name: 'x-user' }, (user) => requestWith({ 'x-user': user })],
    [{ from: 'cookie', name: 'u' }, (user) => requestWith({ cookie: `v=1; u=${user}; w=2` })],
    [
      { from: 'client-address' },
      (user) => Object.defineProperty(new FakeExchange(), 'clientAddress', { value: user }),
    ],
  ])('routes the same key to the same instance, %j', (key, of) => {
    const balancer = balancerOf(key);
    const pickOf = (user: string) => balancer.pick(fleet, of(user))!.id;
    const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
    const homes = users.map(pickOf);
    expect(users.map(pickOf)).toEqual(homes);
    expect(new Set(homes).size).toBe(10);
  });

  it('spreads requests that lack the key', () => {
    const balancer = balancerOf({ from: 'header', name: 'x-user' });
    const picks = Array.from({ length: 10 }, () => balancer.pick(fleet, new FakeExchange())!.id);
    expect(new Set(picks).size).toBe(10);
  });

  it('uses the next instance when the owner was tried or exceeds its fair share by a quarter', () => {
    const load = { inFlight: 0 };
    const balancer = balancerOf({ from: 'header', name: 'x-user' }, load);
    const of = () => requestWith({ 'x-user': 'ann' });
    const home = balancer.pick(fleet, of())!;
    const tried = of();
    tried.markTried(home);
    const next = balancer.pick(fleet, tried)!;
    expect(next).not.toBe(home);
    load.inFlight = home.load.inFlight = 39;
    expect(balancer.pick(fleet, of())).toBe(next);
    home.load.inFlight = 4;
    expect(balancer.pick(fleet, of())).toBe(home);
    home.load.inFlight = 0;
  });
});

describe('StickyCookieBalancer', () => {
  const fleet = fleetOf(3);
  const balancerOf = (limit?: number) => new StickyCookieBalancer('affinity', inTurn(), limit);
  const cookieOf = ({ affinityCookie }: FakeExchange): string => affinityCookie!.split(';')[0]!;

  it('sets a cookie for a new client, and follows it without setting another', () => {
    const balancer = balancerOf();
    const first = new FakeExchange();
    const home = balancer.pick(fleet, first);
    expect(first.affinityCookie).toMatch(/^affinity=[a-z0-9]+; Path=\/; HttpOnly; SameSite=Lax$/);
    for (let i = 0; i < 5; i += 1) {
      // Every second request carries the cookie in the middle of three joined `Cookie` fields.
      const own = cookieOf(first);
      const again = requestWith({ cookie: i % 2 === 0 ? `x=y; ${own}` : `x=y, ${own}, z=1` });
      expect(balancer.pick(fleet, again)).toBe(home);
      expect(again.affinityCookie).toBeUndefined();
    }
  });

  it('binds the client to another instance when its instance is removed or failed the request', () => {
    const balancer = balancerOf();
    const first = new FakeExchange();
    const home = balancer.pick(fleet, first)!;
    const later = requestWith({ cookie: cookieOf(first) });
    later.markTried(home);
    const second = balancer.pick(fleet, later);
    expect(second).not.toBe(home);
    expect(cookieOf(later)).not.toBe(cookieOf(first));
    const orphan = requestWith({ cookie: cookieOf(first) });
    balancer.pick(
      fleet.filter((instance) => instance !== home),
      orphan,
    );
    expect(orphan.affinityCookie).toBeDefined();
  });

  it('keeps the cookie of the client when its instance is only full', () => {
    const balancer = balancerOf(1);
    const first = new FakeExchange();
    const home = balancer.pick(fleet, first)!;
    home.load.inFlight = 1;
    const later = requestWith({ cookie: cookieOf(first) });
    expect(balancer.pick(fleet, later)).not.toBe(home);
    expect(later.affinityCookie).toBeUndefined();
    home.load.inFlight = 0;
  });
});

describe('ZoneBalancer', () => {
  const near = fleetOf(2, { metadata: { zone: 'a' } });
  const far = fleetOf(4, { metadata: { zone: 'b' } }).map((instance) => ({
    ...instance,
    id: `far-${instance.id}`,
  }));
  const fleet = [...near, ...far];
  const zonesOf = (balancer: ZoneBalancer, of: readonly Instance[]) =>
    new Set(Array.from({ length: 12 }, () => balancer.pick(of, new FakeExchange())?.metadata.zone));

  it('prefers instances of its zone', () => {
    expect(zonesOf(new ZoneBalancer('a', { inFlight: 0 }, inTurn(), inTurn()), fleet)).toEqual(
      new Set(['a']),
    );
  });

  it('uses other zones when its zone is empty or much busier than the average', () => {
    const balancer = new ZoneBalancer('a', { inFlight: 20 }, inTurn(), inTurn());
    expect(zonesOf(balancer, far)).toEqual(new Set(['b']));
    for (const { load } of near) load.inFlight = 10;
    expect(zonesOf(balancer, fleet)).toEqual(new Set(['a', 'b']));
  });
});

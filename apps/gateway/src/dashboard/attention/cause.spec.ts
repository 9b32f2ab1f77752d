import { LOOK_BACK_SECONDS, SamplerHarness } from '../testing/sampler-harness.js';

let harness: SamplerHarness;
beforeEach(async () => {
  harness = new SamplerHarness();
  await harness.register('a');
  await harness.pass();
});

describe('an item about a failing service is over', () => {
  const key = 'service-failing users';
  const isOver = (): boolean => harness.item(key)?.endedAt !== undefined;
  beforeEach(async () => {
    harness.requests(20, 'a', { status: 500 });
    await harness.pass(2);
  });

  it('not while requests fail, however few', async () => {
    for (let i = 0; i < 30; i += 1) {
      harness.requests(1, 'a', { status: 500 });
      await harness.pass(2);
      expect(harness.item(key)).toMatchObject({ condition: 'critical', values: { errorRate: 1 } });
      expect(isOver()).toBe(false);
    }
    expect(harness.item(key)?.values.requests).toBe(10);
  });

  it('not without requests', async () => {
    await harness.pass(30);
    expect([isOver(), harness.state.services.users?.condition]).toEqual([false, 'critical']);
    await harness.pass(LOOK_BACK_SECONDS);
    expect(harness.attention).toEqual([]);
  });

  it('not for requests that the gateway refused or the cache served', async () => {
    await harness.pass(12);
    harness.unreached(5);
    await harness.pass();
    expect(isOver()).toBe(false);
  });

  it('not when it is down', async () => {
    await harness.discovery.registry.drain('a');
    await harness.pass(12);
    harness.requests(1, 'a');
    await harness.pass(5);
    expect(harness.attention).toEqual(['service-down users', key]);
    expect(isOver()).toBe(false);
  });

  it('not after one or two good requests', async () => {
    await harness.pass(12);
    harness.requests(2, 'a');
    await harness.pass(5);
    expect(isOver()).toBe(false);
  });

  it('when its instances respond to requests, and then it is well', async () => {
    await harness.pass(12);
    harness.requests(3, 'a');
    await harness.pass(4);
    expect(isOver()).toBe(true);
    const { services, instances } = harness.state;
    expect([services.users?.condition, instances.a?.condition]).toEqual(['ok', 'ok']);
    harness.requests(3, 'a', { status: 500 });
    await harness.pass();
    expect([isOver(), harness.state.services.users?.condition]).toEqual([false, 'critical']);
  });
});

it('an item about a slow service is over when responses are fast, however few were slow before', async () => {
  const key = 'service-slow users';
  harness.requests(6, 'a', { durationMs: 3000 });
  await harness.pass(8);
  harness.requests(1, 'a', { durationMs: 3000 });
  await harness.pass(8);
  expect(harness.item(key)).not.toHaveProperty('endedAt');
  await harness.pass(6);
  harness.requests(3, 'a', { durationMs: 5 });
  await harness.pass(4);
  expect(harness.item(key)).toHaveProperty('endedAt');
});

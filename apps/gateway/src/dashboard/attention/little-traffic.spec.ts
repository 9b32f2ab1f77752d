import { LOOK_BACK_SECONDS, SamplerHarness } from '../testing/sampler-harness.js';

describe('a service that receives few requests', () => {
  let harness: SamplerHarness;
  let startedAt: number;
  beforeEach(async () => {
    harness = new SamplerHarness();
    await harness.register('a');
    await harness.pass();
    startedAt = harness.discovery.clock.now();
  });

  /** Seconds since the beginning of the test. */
  const secondsOf = (time: string | number | undefined): number =>
    (new Date(time ?? NaN).getTime() - startedAt) / 1000;

  /** Sends requests with these statuses to an instance. */
  async function send(statuses: readonly number[], everySeconds: number, id = 'a'): Promise<void> {
    for (const status of statuses) {
      harness.requests(1, id, { status });
      await harness.pass(everySeconds);
    }
  }

  it('fails from the third failed request, since the first one', async () => {
    await send([500, 500], 40);
    expect(harness.attention).toEqual([]);
    await send([502], 1);
    const item = harness.item('service-failing users');
    expect(item).toMatchObject({
      condition: 'critical',
      values: { errors: 3, requests: 3, errorRate: 1, status: 500, only: 'a' },
    });
    expect(secondsOf(item?.since)).toBe(1);
    expect(secondsOf(item?.values.from)).toBe(1);
    expect(item?.reason).toBe(
      `3 of 3 requests since ${item?.values.from} failed (100%), most of them with 500; at a`,
    );
    expect(harness.state.services.users?.condition).toBe('critical');
  });

  it('fails with one request per minute, for as long as they fail', async () => {
    await send([500, 500, 500], 60);
    for (let minute = 3; minute < 10; minute += 1) {
      expect(harness.item('service-failing users')).not.toHaveProperty('endedAt');
      await send([500], 60);
    }
    expect(secondsOf(harness.item('service-failing users')?.since)).toBe(1);
  });

  it('fails when three of its latest ten requests do, and not for one or two', async () => {
    await send([200, 500, 200, 200, 200, 500, 200, 200], 15);
    expect(harness.attention).toEqual([]);
    await send([500], 1);
    expect(harness.item('service-failing users')).toMatchObject({
      condition: 'warning',
      values: { errors: 3, requests: 9 },
    });
  });

  it('is judged by its latest ten requests alone', async () => {
    const good = Array<number>(8).fill(200);
    await send([200, 200, 200, 500, ...good, 500, ...good, 500], 6);
    expect(harness.attention).toEqual([]);
  });

  it('is judged by requests of the last five minutes alone', async () => {
    await send([500, 500], 1);
    await harness.pass(LOOK_BACK_SECONDS);
    await send([500, 500], 1);
    expect(harness.attention).toEqual([]);
  });

  it('is slow from the third slow response', async () => {
    for (let i = 0; i < 3; i += 1) {
      expect(harness.attention).toEqual([]);
      harness.requests(1, 'a', { durationMs: 1500 });
      await harness.pass(30);
    }
    const item = harness.item('service-slow users');
    expect(item?.values).toMatchObject({ slow: 3, requests: 3 });
    expect(secondsOf(item?.since)).toBe(1);
  });

  it('names the instance that fails among others', async () => {
    await harness.register('b');
    for (let i = 0; i < 4; i += 1) {
      await send([200], 20);
      await send([500], 20, 'b');
    }
    expect(harness.attention).toEqual(['instance-failing b', 'service-failing users']);
    expect(harness.item('service-failing users')?.values.at).toBe('b');
  });

  it('is well after three good requests if all failed, and after more if some were good', async () => {
    await send([500, 500, 500], 12);
    await send([200, 200, 200], 4);
    expect(harness.item('service-failing users')).toHaveProperty('endedAt');
    await harness.pass(30);
    expect(harness.attention).toEqual([]);
    await send([500, 200, 500, 200, 500, 200], 12);
    await send([200, 200, 200], 4);
    expect(harness.item('service-failing users')).not.toHaveProperty('endedAt');
  });

  it('is well when it returns after it was down, although requests failed meanwhile', async () => {
    await harness.discovery.registry.drain('a');
    harness.unserved(5);
    await harness.pass(12);
    expect(harness.attention).toEqual(['service-down users']);
    await harness.discovery.registry.resume('a');
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });
});

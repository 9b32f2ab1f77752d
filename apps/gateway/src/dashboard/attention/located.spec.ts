import { LOOK_BACK_SECONDS, SamplerHarness } from '../testing/sampler-harness.js';

describe('the instances that a finding about a service names', () => {
  let harness: SamplerHarness;
  beforeEach(async () => {
    harness = new SamplerHarness();
    await Promise.all(['a', 'b', 'c'].map((id) => harness.register(id)));
  });

  it('are the few at which it fails or is slow, and none if all are', async () => {
    harness.requests(50, 'a');
    harness.requests(1, 'a', { status: 500 });
    harness.requests(8, 'b', { status: 500 });
    harness.requests(12, 'c', { status: 500 });
    harness.requests(4, 'c', { durationMs: 3000 });
    await harness.pass();
    const failing = harness.item('service-failing users');
    expect(failing?.reason).toMatch(/most of them with 500; at c, b$/);
    expect(failing?.values.at).toBe('c, b');
    expect(harness.item('service-slow users')?.values.at).toBe('c');
    await harness.pass(LOOK_BACK_SECONDS + 45);
    for (const id of ['a', 'b', 'c']) harness.requests(20, id, { status: 500, durationMs: 2000 });
    await harness.pass();
    expect(harness.item('service-failing users')?.values.at).toBeUndefined();
    expect(harness.item('service-slow users')?.values.at).toBeUndefined();
  });

  it('are none for errors of the gateway itself', async () => {
    harness.requests(20, 'a');
    harness.requests(20, 'b');
    harness.unserved(20);
    await harness.pass();
    const failing = harness.item('service-failing users');
    expect(failing?.values).toMatchObject({ own: 1 });
    expect(failing?.values.at).toBeUndefined();
    expect(failing?.reason).toMatch(/; the gateway responded itself$/);
  });

  it('are those at which the judged requests failed, and none at which earlier ones did', async () => {
    harness.requests(1, 'b', { status: 500 });
    await harness.pass(60);
    harness.requests(6, 'a');
    await harness.pass(20);
    harness.requests(4, 'c', { status: 500 });
    await harness.pass(20);
    const failing = harness.item('service-failing users');
    expect(failing?.values).toMatchObject({ errors: 4, requests: 10, at: 'c' });
  });
});

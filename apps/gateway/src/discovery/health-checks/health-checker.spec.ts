import { newInstanceFrom } from '../store/new-instance.js';
import { DiscoveryHarness } from '../testing/discovery-harness.js';

const url = 'http://127.0.0.1:9001';

type Metadata = Record<string, string>;

async function harnessOf(count: number, metadata: Metadata = {}): Promise<DiscoveryHarness> {
  const harness = await DiscoveryHarness.withInstances(count, metadata);
  harness.check.passes = true;
  return harness;
}

const harnessWithOne = (): Promise<DiscoveryHarness> => DiscoveryHarness.withOne(url);

async function harnessWithOneDown(): Promise<DiscoveryHarness> {
  const harness = await harnessWithOne();
  harness.ejector.refused(harness.instance('a'), 'its port refused a connection');
  return harness;
}

/** Starts a health check that is under way until `release` is called. */
async function harnessDuringCheck(): Promise<{ harness: DiscoveryHarness; release: () => Promise<void> }> {
  const harness = await harnessOf(3);
  let open = (): void => undefined;
  harness.check.gate = new Promise((resolve) => (open = resolve));
  while (harness.check.checked.length < 3) {
    harness.clock.advance(100);
    void harness.checker.tick();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const release = async (): Promise<void> => {
    open();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { harness, release };
}

describe('HealthChecker whose check ends after another report', () => {
  it('does not return an instance that reported itself not ready meanwhile', async () => {
    const { harness, release } = await harnessDuringCheck();
    await harness.registry.heartbeat('i0', { ready: false });
    await release();
    expect(harness.available('users')).toEqual(['i1', 'i2']);
  });

  it('does not end an ejection for failed requests', async () => {
    const { harness, release } = await harnessDuringCheck();
    harness.ejector.failing(harness.instance('i0'), '5 failures in a row');
    await release();
    expect(harness.available('users')).toEqual(['i1', 'i2']);
  });
});

describe('a report of not ready', () => {
  it('is ended by a heartbeat only', async () => {
    const harness = await harnessOf(2);
    await harness.registry.heartbeat('i0', { ready: false });
    const up = { status: 'up', reason: 'a health check passed' } as const;
    await harness.store.changeState('i0', { health: up }, { type: 'status-changed', reason: up.reason });
    expect(harness.available('users')).toEqual(['i1']);
    await harness.registry.heartbeat('i0', { ready: true });
    expect(harness.available('users')).toEqual(['i0', 'i1']);
  });
});

const THRESHOLDS = {
  'gateway.health-check.interval-ms': '1000',
  'gateway.health-check.unhealthy-threshold': '3',
  'gateway.health-check.healthy-threshold': '2',
};

describe('HealthChecker of instances that are up', () => {
  it('checks every ten seconds, with jitter', async () => {
    const harness = await harnessOf(20);
    await harness.pass(7400);
    expect(harness.check.checked).toEqual([]);
    await harness.pass(5700);
    expect(new Set(harness.check.checked).size).toBe(20);
    await harness.pass(100_000);
    expect(harness.check.checked.length).toBeGreaterThanOrEqual(180);
    expect(harness.check.checked.length).toBeLessThanOrEqual(240);
    expect(await harness.registry.find('i0')).toMatchObject({ status: 'up', lastProbe: { ok: true } });
  });

  it('repeats a failed check soon, then ejects the instance with the reason', async () => {
    const harness = await harnessOf(1);
    await harness.pass(13_000);
    harness.check.passes = false;
    await harness.pass(13_000 + 2000);
    expect(harness.available('users')).toEqual([]);
    expect(await harness.registry.find('i0')).toMatchObject({
      status: 'down',
      statusReason: 'the health check failed',
      lastProbe: { ok: false },
    });
  });

  it('counts consecutive failed and passed checks', async () => {
    const harness = await harnessOf(1, THRESHOLDS);
    const { checked } = harness.check;
    const untilChecked = async (times: number): Promise<void> => {
      for (const before = checked.length; checked.length < before + times;) await harness.pass(100);
    };
    for (let i = 0; i < 3; i += 1) {
      harness.check.passes = false;
      await untilChecked(2);
      harness.check.passes = true;
      await untilChecked(1);
    }
    expect(harness.available('users')).toEqual(['i0']);
    harness.check.passes = false;
    await untilChecked(3);
    expect(harness.available('users')).toEqual([]);
    harness.check.passes = true;
    await untilChecked(1);
    expect(harness.available('users')).toEqual([]);
    await untilChecked(1);
    expect(harness.available('users')).toEqual(['i0']);
  });

  it('makes no checks if the interval is 0', async () => {
    const harness = await harnessOf(1, { 'gateway.health-check.interval-ms': '0' });
    await harness.pass(60_000);
    expect(harness.check.checked).toEqual([]);
  });

  it('ejects all instances that respond as unhealthy, but at most half of those that do not respond', async () => {
    const harness = await harnessOf(4);
    harness.check.passes = false;
    harness.check.isSilent = true;
    await harness.pass(60_000);
    expect(harness.available('users')).toHaveLength(2);
    harness.check.isSilent = false;
    await harness.pass(60_000);
    expect(harness.available('users')).toEqual([]);
  });

  it('skips two of three checks while requests succeed', async () => {
    const harness = await harnessOf(1);
    for (let i = 0; i < 300; i += 1) {
      harness.instance('i0').load.latencyAt += 1;
      await harness.pass(1000);
    }
    expect(harness.check.checked.length).toBeGreaterThanOrEqual(8);
    expect(harness.check.checked.length).toBeLessThanOrEqual(13);
  });

  it('skips no checks while requests fail', async () => {
    const harness = await harnessOf(1);
    for (let i = 0; i < 100; i += 1) {
      Object.assign(harness.instance('i0').load, { latencyAt: i + 1, failuresInRow: i + 1 });
      await harness.pass(1000);
    }
    expect(harness.check.checked.length).toBeGreaterThanOrEqual(7);
  });

  it('extends the intervals of many instances instead of making more checks', async () => {
    const harness = await harnessOf(2000, { 'gateway.health-check.interval-ms': '1000' });
    await harness.pass(15_000);
    expect(2 * harness.check.checked.length + harness.connects.length).toBeLessThanOrEqual(6100);
    expect(new Set(harness.check.checked).size).toBe(2000);
  });
});

describe('HealthChecker of instances whose heartbeats report readiness', () => {
  it('makes no checks of an instance that reports it is ready', async () => {
    const harness = await harnessOf(1);
    harness.check.passes = false;
    for (let i = 0; i < 20; i += 1) {
      await harness.registry.heartbeat('i0', { ready: true });
      await harness.pass(3750);
    }
    expect(harness.check.checked).toEqual([]);
    expect(await harness.registry.find('i0')).toMatchObject({ status: 'up', lastProbe: null, ready: true });
  });

  it('ejects an instance that reports it is not ready, until it reports that it is', async () => {
    const harness = await harnessOf(1);
    expect(await harness.registry.heartbeat('i0', { ready: false })).toMatchObject({
      status: 'down',
      statusReason: 'heartbeat reported not ready',
    });
    await harness.registry.heartbeat('i0', { inFlight: 1 });
    await harness.pass(30_000);
    expect(harness.check.checked).toEqual([]);
    expect(harness.available('users')).toEqual([]);
    await harness.registry.heartbeat('i0', { ready: false });
    await harness.registry.heartbeat('i0', { ready: true });
    expect(harness.available('users')).toEqual(['i0']);
    expect(harness.log.after(0).map(({ type }) => type)).toEqual([
      'registered',
      'status-changed',
      'status-changed',
    ]);
  });

  it('does not return an instance that traffic ejected on a ready report', async () => {
    const harness = await harnessOf(1);
    harness.check.passes = false;
    harness.ejector.refused(harness.instance('i0'), 'its port refused a connection');
    expect(await harness.registry.heartbeat('i0', { ready: true })).toMatchObject({ status: 'down' });
  });

  it('ejects an instance in this process that reports it is not ready', async () => {
    const harness = new DiscoveryHarness();
    const target = { request: () => undefined, upgrade: () => undefined };
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 300 }, target);
    await harness.pass(30_000);
    expect([harness.check.checked, harness.connects]).toEqual([[], []]);
    await harness.registry.heartbeat('a', { ready: false });
    expect(harness.available('users')).toEqual([]);
    await harness.registry.heartbeat('a', { ready: true });
    expect(harness.available('users')).toEqual(['a']);
  });
});

describe('HealthChecker of instances that are down', () => {
  it('returns an instance to rotation when its check passes', async () => {
    const harness = await harnessWithOneDown();
    harness.check.passes = true;
    await harness.pass(700);
    expect(harness.available('users')).toEqual(['a']);
    expect(await harness.registry.find('a')).toMatchObject({
      status: 'up',
      statusReason: 'the health check received 200',
      lastProbe: { ok: true },
    });
  });

  it('checks less and less often, but at least every few seconds', async () => {
    const harness = await harnessWithOneDown();
    await harness.pass(10_000);
    expect(harness.check.checked.length).toBeGreaterThanOrEqual(4);
    expect(harness.check.checked.length).toBeLessThanOrEqual(8);
    await harness.pass(30_000);
    expect(harness.check.checked.length).toBeGreaterThanOrEqual(9);
    expect(harness.check.checked.length).toBeLessThanOrEqual(17);
    expect(await harness.registry.find('a')).toMatchObject({ status: 'down', lastProbe: { ok: false } });
  });

  it('does not check instances that are up or have left', async () => {
    const harness = await harnessWithOneDown();
    await harness.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'b' });
    await harness.registry.unregister('a');
    await harness.pass(2000);
    expect(harness.check.checked).toEqual([]);
  });

  it('keeps a draining instance draining, and shows its health after the drain', async () => {
    const harness = await harnessWithOne();
    await harness.registry.drain('a');
    harness.ejector.refused(harness.instance('a'), 'refused');
    expect(await harness.registry.find('a')).toMatchObject({ status: 'draining' });
    expect(harness.log.after(0).at(-1)).toMatchObject({ type: 'draining' });
    expect(await harness.registry.resume('a')).toMatchObject({ status: 'down', statusReason: 'refused' });
    await harness.registry.drain('a');
    harness.check.passes = true;
    await harness.pass(1000);
    expect(await harness.registry.find('a')).toMatchObject({ status: 'draining', lastProbe: { ok: true } });
    expect(await harness.registry.resume('a')).toMatchObject({ status: 'up' });
  });

  it('ignores heartbeats without readiness; a new registration returns the instance', async () => {
    const harness = await harnessWithOneDown();
    expect(await harness.registry.heartbeat('a', {})).toMatchObject({ status: 'down' });
    expect(harness.available('users')).toEqual([]);
    await harness.registry.register({ name: 'users', url, id: 'a' });
    expect(harness.available('users')).toEqual(['a']);
    await harness.pass(2000);
    expect(harness.check.checked).toEqual([]);
  });

  it('checks the address that a name currently resolves to', async () => {
    const harness = new DiscoveryHarness();
    const down = { health: { status: 'down', reason: 'refused' } } as const;
    const at = (address: string) => ({
      ...newInstanceFrom(
        { name: 'users', url: 'http://users-1:8001' },
        'a',
        `http://users-1:8001#${address}`,
      ),
      ...down,
    });
    await harness.store.put(at('10.0.0.1'), 'registered');
    await harness.store.put(at('10.0.0.2'), 'as a gateway finds it that was cut off');
    await harness.pass(700);
    expect(new Set(harness.check.checked)).toEqual(new Set(['http://users-1:8001#10.0.0.2']));
  });

  it('discards a result about an instance that moved during the check', async () => {
    const harness = await harnessWithOneDown();
    let open: () => void = () => undefined;
    harness.check.gate = new Promise((resolve) => (open = resolve));
    harness.check.passes = true;
    harness.clock.advance(700);
    const asking = harness.checker.tick();
    await harness.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    harness.ejector.refused(harness.instance('a'), 'refused');
    open();
    await asking;
    expect(await harness.registry.find('a')).toMatchObject({ status: 'down', lastProbe: null });
  });

  it('checks them in turn, and continues to check the others', async () => {
    const harness = await harnessOf(500);
    harness.check.passes = false;
    for (let i = 0; i < 400; i += 1) harness.ejector.refused(harness.instance(`i${i}`), 'refused');
    await harness.pass(5000);
    expect(new Set(harness.check.checked).size).toBe(400);
    expect(harness.check.checked.length).toBeLessThanOrEqual(1000);
    expect(new Set(harness.connects).size).toBe(100);
  });
});

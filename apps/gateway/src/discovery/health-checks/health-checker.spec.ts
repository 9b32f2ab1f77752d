import { storedFrom } from '../store/new-instance.js';
import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

type Metadata = Record<string, string>;

async function benchOf(count: number, metadata: Metadata = {}): Promise<DiscoveryBench> {
  const bench = await DiscoveryBench.withInstances(count, metadata);
  bench.check.passes = true;
  return bench;
}

const benchWithOne = (): Promise<DiscoveryBench> => DiscoveryBench.withOne(url);

async function benchWithOneDown(): Promise<DiscoveryBench> {
  const bench = await benchWithOne();
  bench.ejector.refused(bench.instance('a'), 'its port refused a connection');
  return bench;
}

/** Starts a health check that is under way until `release` is called. */
async function benchDuringCheck(): Promise<{ bench: DiscoveryBench; release: () => Promise<void> }> {
  const bench = await benchOf(3);
  let open = (): void => undefined;
  bench.check.gate = new Promise((resolve) => (open = resolve));
  while (bench.check.checked.length < 3) {
    bench.clock.advance(100);
    void bench.checker.tick();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const release = async (): Promise<void> => {
    open();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { bench, release };
}

describe('HealthChecker whose check ends after another report', () => {
  it('does not return an instance that reported itself not ready meanwhile', async () => {
    const { bench, release } = await benchDuringCheck();
    await bench.registry.heartbeat('i0', { ready: false });
    await release();
    expect(bench.available('users')).toEqual(['i1', 'i2']);
  });

  it('does not end an ejection for failed requests', async () => {
    const { bench, release } = await benchDuringCheck();
    bench.ejector.failing(bench.instance('i0'), '5 failures in a row');
    await release();
    expect(bench.available('users')).toEqual(['i1', 'i2']);
  });
});

describe('a report of not ready', () => {
  it('is ended by a heartbeat only', async () => {
    const bench = await benchOf(2);
    await bench.registry.heartbeat('i0', { ready: false });
    const up = { status: 'up', reason: 'a health check passed' } as const;
    await bench.store.move('i0', { health: up }, { type: 'status-changed', reason: up.reason });
    expect(bench.available('users')).toEqual(['i1']);
    await bench.registry.heartbeat('i0', { ready: true });
    expect(bench.available('users')).toEqual(['i0', 'i1']);
  });
});

const THRESHOLDS = {
  'gateway.health-check.interval-ms': '1000',
  'gateway.health-check.unhealthy-threshold': '3',
  'gateway.health-check.healthy-threshold': '2',
};

describe('HealthChecker of instances that are up', () => {
  it('checks every ten seconds, with jitter', async () => {
    const bench = await benchOf(20);
    await bench.pass(7400);
    expect(bench.check.checked).toEqual([]);
    await bench.pass(5700);
    expect(new Set(bench.check.checked).size).toBe(20);
    await bench.pass(100_000);
    expect(bench.check.checked.length).toBeGreaterThanOrEqual(180);
    expect(bench.check.checked.length).toBeLessThanOrEqual(240);
    expect(await bench.registry.find('i0')).toMatchObject({ status: 'up', lastProbe: { ok: true } });
  });

  it('repeats a failed check soon, then ejects the instance with the reason', async () => {
    const bench = await benchOf(1);
    await bench.pass(13_000);
    bench.check.passes = false;
    await bench.pass(13_000 + 2000);
    expect(bench.available('users')).toEqual([]);
    expect(await bench.registry.find('i0')).toMatchObject({
      status: 'down',
      statusReason: 'the health check failed',
      lastProbe: { ok: false },
    });
  });

  it('counts consecutive failed and passed checks', async () => {
    const bench = await benchOf(1, THRESHOLDS);
    const { checked } = bench.check;
    const untilChecked = async (times: number): Promise<void> => {
      for (const before = checked.length; checked.length < before + times;) await bench.pass(100);
    };
    for (let i = 0; i < 3; i += 1) {
      bench.check.passes = false;
      await untilChecked(2);
      bench.check.passes = true;
      await untilChecked(1);
    }
    expect(bench.available('users')).toEqual(['i0']);
    bench.check.passes = false;
    await untilChecked(3);
    expect(bench.available('users')).toEqual([]);
    bench.check.passes = true;
    await untilChecked(1);
    expect(bench.available('users')).toEqual([]);
    await untilChecked(1);
    expect(bench.available('users')).toEqual(['i0']);
  });

  it('makes no checks if the interval is 0', async () => {
    const bench = await benchOf(1, { 'gateway.health-check.interval-ms': '0' });
    await bench.pass(60_000);
    expect(bench.check.checked).toEqual([]);
  });

  it('ejects all instances that respond as unhealthy, but at most half of those that do not respond', async () => {
    const bench = await benchOf(4);
    bench.check.passes = false;
    bench.check.isSilent = true;
    await bench.pass(60_000);
    expect(bench.available('users')).toHaveLength(2);
    bench.check.isSilent = false;
    await bench.pass(60_000);
    expect(bench.available('users')).toEqual([]);
  });

  it('skips two of three checks while requests succeed', async () => {
    const bench = await benchOf(1);
    for (let i = 0; i < 300; i += 1) {
      bench.instance('i0').load.latencyAt += 1;
      await bench.pass(1000);
    }
    expect(bench.check.checked.length).toBeGreaterThanOrEqual(8);
    expect(bench.check.checked.length).toBeLessThanOrEqual(13);
  });

  it('skips no checks while requests fail', async () => {
    const bench = await benchOf(1);
    for (let i = 0; i < 100; i += 1) {
      Object.assign(bench.instance('i0').load, { latencyAt: i + 1, failuresInRow: i + 1 });
      await bench.pass(1000);
    }
    expect(bench.check.checked.length).toBeGreaterThanOrEqual(7);
  });

  it('extends the intervals of many instances instead of making more checks', async () => {
    const bench = await benchOf(2000, { 'gateway.health-check.interval-ms': '1000' });
    await bench.pass(15_000);
    expect(2 * bench.check.checked.length + bench.connects.length).toBeLessThanOrEqual(6100);
    expect(new Set(bench.check.checked).size).toBe(2000);
  });
});

describe('HealthChecker of instances whose heartbeats report readiness', () => {
  it('makes no checks of an instance that reports it is ready', async () => {
    const bench = await benchOf(1);
    bench.check.passes = false;
    for (let i = 0; i < 20; i += 1) {
      await bench.registry.heartbeat('i0', { ready: true });
      await bench.pass(3750);
    }
    expect(bench.check.checked).toEqual([]);
    expect(await bench.registry.find('i0')).toMatchObject({ status: 'up', lastProbe: null, ready: true });
  });

  it('ejects an instance that reports it is not ready, until it reports that it is', async () => {
    const bench = await benchOf(1);
    expect(await bench.registry.heartbeat('i0', { ready: false })).toMatchObject({
      status: 'down',
      statusReason: 'heartbeat reported not ready',
    });
    await bench.registry.heartbeat('i0', { inFlight: 1 });
    await bench.pass(30_000);
    expect(bench.check.checked).toEqual([]);
    expect(bench.available('users')).toEqual([]);
    await bench.registry.heartbeat('i0', { ready: false });
    await bench.registry.heartbeat('i0', { ready: true });
    expect(bench.available('users')).toEqual(['i0']);
    expect(bench.log.after(0).map(({ type }) => type)).toEqual([
      'registered',
      'status-changed',
      'status-changed',
    ]);
  });

  it('does not return an instance that traffic ejected on a ready report', async () => {
    const bench = await benchOf(1);
    bench.check.passes = false;
    bench.ejector.refused(bench.instance('i0'), 'its port refused a connection');
    expect(await bench.registry.heartbeat('i0', { ready: true })).toMatchObject({ status: 'down' });
  });

  it('ejects an instance in this process that reports it is not ready', async () => {
    const bench = new DiscoveryBench();
    const target = { request: () => undefined, upgrade: () => undefined };
    await bench.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 300 }, target);
    await bench.pass(30_000);
    expect([bench.check.checked, bench.connects]).toEqual([[], []]);
    await bench.registry.heartbeat('a', { ready: false });
    expect(bench.available('users')).toEqual([]);
    await bench.registry.heartbeat('a', { ready: true });
    expect(bench.available('users')).toEqual(['a']);
  });
});

describe('HealthChecker of instances that are down', () => {
  it('returns an instance to rotation when its check passes', async () => {
    const bench = await benchWithOneDown();
    bench.check.passes = true;
    await bench.pass(700);
    expect(bench.available('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'up',
      statusReason: 'the health check received 200',
      lastProbe: { ok: true },
    });
  });

  it('checks less and less often, but at least every few seconds', async () => {
    const bench = await benchWithOneDown();
    await bench.pass(10_000);
    expect(bench.check.checked.length).toBeGreaterThanOrEqual(4);
    expect(bench.check.checked.length).toBeLessThanOrEqual(8);
    await bench.pass(30_000);
    expect(bench.check.checked.length).toBeGreaterThanOrEqual(9);
    expect(bench.check.checked.length).toBeLessThanOrEqual(17);
    expect(await bench.registry.find('a')).toMatchObject({ status: 'down', lastProbe: { ok: false } });
  });

  it('does not check instances that are up or have left', async () => {
    const bench = await benchWithOneDown();
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'b' });
    await bench.registry.unregister('a');
    await bench.pass(2000);
    expect(bench.check.checked).toEqual([]);
  });

  it('keeps a draining instance draining, and shows its health after the drain', async () => {
    const bench = await benchWithOne();
    await bench.registry.drain('a');
    bench.ejector.refused(bench.instance('a'), 'refused');
    expect(await bench.registry.find('a')).toMatchObject({ status: 'draining' });
    expect(bench.log.after(0).at(-1)).toMatchObject({ type: 'draining' });
    expect(await bench.registry.resume('a')).toMatchObject({ status: 'down', statusReason: 'refused' });
    await bench.registry.drain('a');
    bench.check.passes = true;
    await bench.pass(1000);
    expect(await bench.registry.find('a')).toMatchObject({ status: 'draining', lastProbe: { ok: true } });
    expect(await bench.registry.resume('a')).toMatchObject({ status: 'up' });
  });

  it('ignores heartbeats without readiness; a new registration returns the instance', async () => {
    const bench = await benchWithOneDown();
    expect(await bench.registry.heartbeat('a', {})).toMatchObject({ status: 'down' });
    expect(bench.available('users')).toEqual([]);
    await bench.registry.register({ name: 'users', url, id: 'a' });
    expect(bench.available('users')).toEqual(['a']);
    await bench.pass(2000);
    expect(bench.check.checked).toEqual([]);
  });

  it('checks the address that a name currently resolves to', async () => {
    const bench = new DiscoveryBench();
    const down = { health: { status: 'down', reason: 'refused' } } as const;
    const at = (address: string) => ({
      ...storedFrom({ name: 'users', url: 'http://users-1:8001' }, 'a', `http://users-1:8001#${address}`),
      ...down,
    });
    await bench.store.put(at('10.0.0.1'), 'registered');
    await bench.store.put(at('10.0.0.2'), 'as a gateway finds it that was cut off');
    await bench.pass(700);
    expect(new Set(bench.check.checked)).toEqual(new Set(['http://users-1:8001#10.0.0.2']));
  });

  it('discards a result about an instance that moved during the check', async () => {
    const bench = await benchWithOneDown();
    let open: () => void = () => undefined;
    bench.check.gate = new Promise((resolve) => (open = resolve));
    bench.check.passes = true;
    bench.clock.advance(700);
    const asking = bench.checker.tick();
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    bench.ejector.refused(bench.instance('a'), 'refused');
    open();
    await asking;
    expect(await bench.registry.find('a')).toMatchObject({ status: 'down', lastProbe: null });
  });

  it('checks them in turn, and continues to check the others', async () => {
    const bench = await benchOf(500);
    bench.check.passes = false;
    for (let i = 0; i < 400; i += 1) bench.ejector.refused(bench.instance(`i${i}`), 'refused');
    await bench.pass(5000);
    expect(new Set(bench.check.checked).size).toBe(400);
    expect(bench.check.checked.length).toBeLessThanOrEqual(1000);
    expect(new Set(bench.connects).size).toBe(100);
  });
});

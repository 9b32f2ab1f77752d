import type { LocalTarget } from '#registry-client';
import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

async function benchWithOne(): Promise<DiscoveryBench> {
  const bench = new DiscoveryBench();
  await bench.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 300 });
  return bench;
}

async function benchWithOneDown(): Promise<DiscoveryBench> {
  const bench = await benchWithOne();
  bench.ejector.refused(bench.instance('a'), 'its port refused a connection');
  return bench;
}

/** Lets promises that wait for nothing but each other go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Ejector', () => {
  it('has the instance out of rotation when a refusal was reported', async () => {
    const bench = await benchWithOneDown();
    expect(bench.available('users')).toEqual([]);
    expect(bench.ids('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'its port refused a connection',
    });
    expect(bench.log.after(0).at(-1)).toMatchObject({ type: 'status-changed', status: 'down' });
  });

  it('tells of one outage once, however many requests met it', async () => {
    const bench = await benchWithOne();
    const instance = bench.instance('a');
    for (let i = 0; i < 100; i++) bench.ejector.refused(instance, 'refused');
    expect(bench.log.after(0).filter(({ type }) => type === 'status-changed')).toHaveLength(1);
  });

  it('does not believe a report about where an instance was before it moved', async () => {
    const bench = await benchWithOne();
    const before = bench.instance('a');
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    bench.ejector.refused(before, 'refused');
    expect(bench.available('users')).toEqual(['a']);
  });

  it('leaves an instance of this process alone', async () => {
    const bench = new DiscoveryBench();
    const target: LocalTarget = { request: () => undefined, upgrade: () => undefined };
    await bench.registry.register({ name: 'users', url, id: 'a' }, target);
    bench.ejector.refused(bench.instance('a'), 'refused');
    expect(bench.available('users')).toEqual(['a']);
  });

  it('keeps an instance whose connection broke and that answers a probe', async () => {
    const bench = await benchWithOne();
    bench.probe.isUp = true;
    bench.ejector.reset(bench.instance('a'), 'the connection was reset');
    bench.ejector.reset(bench.instance('a'), 'the connection was reset');
    await settle();
    expect(bench.probe.asked).toEqual([url]);
    expect(bench.available('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({ lastProbe: { ok: true, latencyMs: 1 } });
  });

  it('ejects an instance whose connection broke and that answers no probe', async () => {
    const bench = await benchWithOne();
    bench.ejector.reset(bench.instance('a'), 'the connection was reset');
    await settle();
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'the connection was reset, and a probe failed',
    });
  });
});

describe('Prober', () => {
  it('puts an instance back when it answers', async () => {
    const bench = await benchWithOneDown();
    bench.probe.isUp = true;
    await bench.pass(700);
    expect(bench.available('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'up',
      statusReason: 'a probe was answered 200',
      lastProbe: { ok: true },
    });
  });

  it('asks less and less often, but every few seconds for ever', async () => {
    const bench = await benchWithOneDown();
    await bench.pass(10_000);
    expect(bench.probe.asked.length).toBeGreaterThanOrEqual(4);
    expect(bench.probe.asked.length).toBeLessThanOrEqual(8);
    await bench.pass(30_000);
    expect(bench.probe.asked.length).toBeGreaterThanOrEqual(9);
    expect(bench.probe.asked.length).toBeLessThanOrEqual(17);
    expect(await bench.registry.find('a')).toMatchObject({ status: 'down', lastProbe: { ok: false } });
  });

  it('asks nobody who is up or gone', async () => {
    const bench = await benchWithOneDown();
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'b' });
    await bench.registry.unregister('a');
    await bench.pass(2000);
    expect(bench.probe.asked).toEqual([]);
  });

  it('leaves a draining instance draining, and shows what it found after the drain', async () => {
    const bench = await benchWithOne();
    await bench.registry.drain('a');
    bench.ejector.refused(bench.instance('a'), 'refused');
    expect(await bench.registry.find('a')).toMatchObject({ status: 'draining' });
    expect(bench.log.after(0).at(-1)).toMatchObject({ type: 'draining' });
    expect(await bench.registry.resume('a')).toMatchObject({ status: 'down', statusReason: 'refused' });
    await bench.registry.drain('a');
    bench.probe.isUp = true;
    await bench.pass(1000);
    expect(await bench.registry.find('a')).toMatchObject({ status: 'draining', lastProbe: { ok: true } });
    expect(await bench.registry.resume('a')).toMatchObject({ status: 'up' });
  });

  it('is not overruled by heartbeats, only by a new registration', async () => {
    const bench = await benchWithOneDown();
    expect(await bench.registry.heartbeat('a', {})).toMatchObject({ status: 'down' });
    expect(bench.available('users')).toEqual([]);
    await bench.registry.register({ name: 'users', url, id: 'a' });
    expect(bench.available('users')).toEqual(['a']);
    await bench.pass(2000);
    expect(bench.probe.asked).toEqual([]);
  });

  it('forgets an answer about an instance that moved while it was asked', async () => {
    const bench = await benchWithOneDown();
    let open: () => void = () => undefined;
    bench.probe.gate = new Promise((resolve) => (open = resolve));
    bench.probe.isUp = true;
    bench.clock.advance(700);
    const asking = bench.prober.tick();
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    bench.ejector.refused(bench.instance('a'), 'refused');
    open();
    await asking;
    expect(await bench.registry.find('a')).toMatchObject({ status: 'down', lastProbe: null });
  });
});

import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { DiscoveryBench } from '../testing/discovery-bench.js';
import { knock } from './knock.js';

async function benchOf(count: number): Promise<DiscoveryBench> {
  const bench = new DiscoveryBench();
  for (let i = 0; i < count; i += 1)
    await bench.registry.register({
      name: 'users',
      url: `http://127.0.0.1:${9100 + i}`,
      id: `i${i}`,
      ttlSeconds: 300,
    });
  return bench;
}

describe('a patrol', () => {
  it('has an instance that died quietly out of rotation in under a second', async () => {
    const bench = await benchOf(1);
    await bench.pass(600);
    bench.knockAnswer = 'refused';
    await bench.pass(900);
    expect(bench.available('users')).toEqual([]);
    expect(await bench.registry.find('i0')).toMatchObject({
      status: 'down',
      statusReason: 'its port refuses connections',
    });
  });

  it('asks one whose port is silent, and ejects it when it does not answer', async () => {
    const bench = await benchOf(1);
    await bench.pass(600);
    bench.knockAnswer = 'silent';
    bench.probe.isUp = true;
    await bench.pass(600);
    expect(bench.available('users')).toEqual(['i0']);
    bench.probe.isUp = false;
    await bench.pass(600);
    expect(bench.available('users')).toEqual([]);
  });

  it('judges nobody who never opened', async () => {
    const bench = await benchOf(1);
    bench.knockAnswer = 'refused';
    await bench.pass(5000);
    expect(bench.knocked.length).toBeGreaterThan(5);
    expect(bench.available('users')).toEqual(['i0']);
  });

  it('judges one that requests have reached, although it never knocked there before', async () => {
    const bench = await benchOf(1);
    bench.instance('i0').load.latencyMs = 38.8;
    bench.knockAnswer = 'refused';
    await bench.pass(900);
    expect(bench.available('users')).toEqual([]);
  });

  it('knocks at each of a few twice a second, and at no more than 400 a second of many', async () => {
    const few = await benchOf(3);
    await few.pass(5000);
    expect(few.knocked.length).toBeGreaterThanOrEqual(24);
    expect(few.knocked.length).toBeLessThanOrEqual(30);
    const many = await benchOf(2000);
    await many.pass(5500);
    expect(many.knocked.length).toBeGreaterThan(1900);
    expect(many.knocked.length).toBeLessThanOrEqual(2200);
    expect(new Set(many.knocked).size).toBe(2000);
  });
});

describe('a knock', () => {
  it('tells an open port from a closed one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await knock(`http://127.0.0.1:${port}`)).toBe('open');
    server.close();
    await once(server, 'close');
    expect(await knock(`http://127.0.0.1:${port}`)).toBe('refused');
  });
});

import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { DiscoveryBench } from '../testing/discovery-bench.js';
import { connectCheck } from './connect-check.js';

describe('connect checks of instances that are up', () => {
  it('eject an instance that died without notice in under a second', async () => {
    const bench = await DiscoveryBench.withInstances(1);
    await bench.pass(600);
    bench.connectResult = 'refused';
    await bench.pass(900);
    expect(bench.available('users')).toEqual([]);
    expect(await bench.registry.find('i0')).toMatchObject({
      status: 'down',
      statusReason: 'connect check failed: connection refused',
    });
  });

  it('start a health check if the port does not respond, and eject the instance if that fails', async () => {
    const bench = await DiscoveryBench.withInstances(1);
    await bench.pass(600);
    bench.connectResult = 'silent';
    bench.check.passes = true;
    await bench.pass(600);
    expect(bench.available('users')).toEqual(['i0']);
    bench.check.passes = false;
    await bench.pass(600);
    expect(bench.available('users')).toEqual([]);
  });

  it('do not eject an instance that was never reached', async () => {
    const bench = await DiscoveryBench.withInstances(1);
    bench.connectResult = 'refused';
    await bench.pass(5000);
    expect(bench.connects.length).toBeGreaterThan(5);
    expect(bench.available('users')).toEqual(['i0']);
  });

  it('eject an instance that only requests have reached', async () => {
    const bench = await DiscoveryBench.withInstances(1);
    bench.instance('i0').load.latencyMs = 38.8;
    bench.connectResult = 'refused';
    await bench.pass(900);
    expect(bench.available('users')).toEqual([]);
  });

  it('check each of a few instances twice a second, and at most 400 a second of many', async () => {
    const few = await DiscoveryBench.withInstances(3);
    await few.pass(5000);
    expect(few.connects.length).toBeGreaterThanOrEqual(24);
    expect(few.connects.length).toBeLessThanOrEqual(30);
    const many = await DiscoveryBench.withInstances(2000);
    await many.pass(5500);
    expect(many.connects.length).toBeGreaterThan(1900);
    expect(many.connects.length).toBeLessThanOrEqual(2200);
    expect(new Set(many.connects).size).toBe(2000);
  });
});

describe('a connect check', () => {
  it('distinguishes an open port from a closed one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await connectCheck({ endpoint: `http://127.0.0.1:${port}` })).toBe('open');
    server.close();
    await once(server, 'close');
    expect(await connectCheck({ endpoint: `http://127.0.0.1:${port}` })).toBe('refused');
  });
});

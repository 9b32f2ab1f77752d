import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { DiscoveryHarness } from '../testing/discovery-harness.js';
import { connectCheck } from './connect-check.js';

describe('connect checks of instances that are up', () => {
  it('eject an instance that died without notice in under a second', async () => {
    const harness = await DiscoveryHarness.withInstances(1);
    await harness.pass(600);
    harness.connectResult = 'refused';
    await harness.pass(900);
    expect(harness.available('users')).toEqual([]);
    expect(await harness.registry.find('i0')).toMatchObject({
      status: 'down',
      statusReason: 'connect check failed: connection refused',
    });
  });

  it('start a health check if the port does not respond, and eject the instance if that fails', async () => {
    const harness = await DiscoveryHarness.withInstances(1);
    await harness.pass(600);
    harness.connectResult = 'silent';
    harness.check.passes = true;
    await harness.pass(600);
    expect(harness.available('users')).toEqual(['i0']);
    harness.check.passes = false;
    await harness.pass(600);
    expect(harness.available('users')).toEqual([]);
  });

  it('do not eject an instance that was never reached', async () => {
    const harness = await DiscoveryHarness.withInstances(1);
    harness.connectResult = 'refused';
    await harness.pass(5000);
    expect(harness.connects.length).toBeGreaterThan(5);
    expect(harness.available('users')).toEqual(['i0']);
  });

  it('eject an instance that only requests have reached', async () => {
    const harness = await DiscoveryHarness.withInstances(1);
    harness.instance('i0').load.latencyMs = 38.8;
    harness.connectResult = 'refused';
    await harness.pass(900);
    expect(harness.available('users')).toEqual([]);
  });

  it('check each of a few instances twice a second, and at most 400 a second of many', async () => {
    const few = await DiscoveryHarness.withInstances(3);
    await few.pass(5000);
    expect(few.connects.length).toBeGreaterThanOrEqual(24);
    expect(few.connects.length).toBeLessThanOrEqual(30);
    const many = await DiscoveryHarness.withInstances(2000);
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

import { once } from 'node:events';
import { connect } from 'node:net';
import { Agent } from 'node:http';
import { launchNode, listeningUrlOf, waitFor } from '#testing';
import { exchange } from '../conformance/support/exchange.js';
import { onFlowPlanes, registerInstance, type FlowHarness } from './support/flow-harness.js';
import { descriptorsOf } from './support/process-usage.js';

const INSTANCES = 100;
const REQUESTS = 5_000;
const AT_ONCE = 500;
// Idle connections to the registry and the service, kept for reuse.
const KEPT = 16;

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Registers many instances, waits until they respond, and kills them all. */
async function registerAndKillInstances(gatewayUrl: string): Promise<void> {
  const crowd = launchNode('test/flow/support/remote-service.mjs');
  await crowd.waitForOutput(/flow listens/);
  const { port } = new URL(listeningUrlOf('flow', crowd.stdout));
  for (let index = 1; index <= INSTANCES; index += 1)
    await registerInstance(gatewayUrl, 'crowd', `http://127.0.1.${index}:${port}`, `crowd-${index}`);
  await waitFor('the crowd to be up', async () => (await fetch(`${gatewayUrl}/api/crowd/state`)).ok);
  crowd.signal('SIGKILL');
  await crowd.exited;
}

/** Sends {@link REQUESTS} requests, {@link AT_ONCE} at a time; returns the set of their statuses. */
async function statusesOf(url: string): Promise<ReadonlySet<number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const responses = await Promise.all(times(REQUESTS, () => exchange(url, { agent })));
  agent.destroy();
  return new Set(responses.map(({ status }) => status));
}

/** A client that resets its connection in the middle of its request head. */
async function resetConnection({ gatewayUrl }: FlowHarness): Promise<void> {
  const socket = connect(Number(new URL(gatewayUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /api/flow/state HTTP/1.1\r\nHost: gw', () => socket.resetAndDestroy());
  await once(socket, 'close');
}

async function expectNoLeak({ gateway, url }: FlowHarness, before: number): Promise<void> {
  await waitFor('descriptors to be free', () => descriptorsOf(gateway.pid) <= before + KEPT);
  expect(gateway.hasEnded).toBe(false);
  expect((await exchange(`${url}/state`)).status).toBe(200);
}

onFlowPlanes(`a burst of ${REQUESTS}`, (harness) => {
  it('requests for instances that refuse connections gets responses, and leaks no descriptors', async () => {
    const { gateway, gatewayUrl } = harness();
    const before = descriptorsOf(gateway.pid);
    await registerAndKillInstances(gatewayUrl);
    const statuses = await statusesOf(`${gatewayUrl}/api/crowd/state`);
    expect([...statuses].filter((status) => status !== 502 && status !== 503)).toEqual([]);
    await expectNoLeak(harness(), before);
  }, 120_000);

  it('clients that reset their connections leaks no descriptors', async () => {
    const before = descriptorsOf(harness().gateway.pid);
    for (let left = REQUESTS; left > 0; left -= AT_ONCE)
      await Promise.all(times(AT_ONCE, () => resetConnection(harness())));
    await expectNoLeak(harness(), before);
  }, 120_000);
});

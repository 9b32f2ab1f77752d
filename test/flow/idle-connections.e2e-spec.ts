import { waitFor } from '#testing';
import { onFlowKinds } from './support/flow-harness.js';
import { AT_ONCE, IdleConnections } from './support/idle-connections.js';
import { descriptorsOf, rssOf } from './support/process-usage.js';

/** Set `FLOW_CONNECTIONS=10000` for a manual run. */
const COUNT = Number(process.env.FLOW_CONNECTIONS ?? 1_000);
// The first connections cause the one-time allocations of the process.
const FIRST = 200;
const KB = 1024;

onFlowKinds(`${COUNT} idle connections`, (harness) => {
  it('use little memory each, stay usable, and leak no descriptors', async () => {
    const { gateway, url } = harness();
    const before = descriptorsOf(gateway.pid);
    const connections = new IdleConnections(new URL(`${url}/state`));
    await connections.open(FIRST);
    const first = rssOf(gateway.pid);
    await connections.open(COUNT);
    const each = (rssOf(gateway.pid) - first) / COUNT / KB;
    process.stderr.write(`${each.toFixed(1)} KB for each of ${COUNT} idle connections\n`);
    expect(each).toBeLessThan(50);
    await connections.requestOnAll();
    connections.close();
    // The gateway keeps its own connections to the service: as many as were in use at once.
    await waitFor('the descriptors to be free', () => descriptorsOf(gateway.pid) <= before + AT_ONCE);
  }, 120_000);
});

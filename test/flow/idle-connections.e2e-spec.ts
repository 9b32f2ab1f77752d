import { waitFor } from '#testing';
import { onEveryFlow } from './support/bench.js';
import { AT_ONCE, KeptConnections } from './support/kept-connections.js';
import { descriptorsOf, rssOf } from './support/vitals.js';

/** Set `FLOW_CONNECTIONS=10000` for a manual run. */
const COUNT = Number(process.env.FLOW_CONNECTIONS ?? 1_000);
// The first connections cause the one-time allocations of the process.
const FIRST = 200;
const KB = 1024;

onEveryFlow(`${COUNT} idle connections`, (bench) => {
  it('use little memory each, stay usable, and leak no descriptors', async () => {
    const { gateway, url } = bench();
    const before = descriptorsOf(gateway.pid);
    const connections = new KeptConnections(new URL(`${url}/state`));
    await connections.open(FIRST);
    const first = rssOf(gateway.pid);
    await connections.open(COUNT);
    const each = (rssOf(gateway.pid) - first) / COUNT / KB;
    process.stderr.write(`${each.toFixed(1)} KB for each of ${COUNT} idle connections\n`);
    expect(each).toBeLessThan(50);
    await connections.askAll();
    connections.close();
    // The gateway keeps its own connections to the service: as many as were in use at once.
    await waitFor('its descriptors to be free', () => descriptorsOf(gateway.pid) <= before + AT_ONCE);
  }, 120_000);
});

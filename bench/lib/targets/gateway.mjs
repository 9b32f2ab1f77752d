import { existsSync } from 'node:fs';
import { freePort } from '#scripts/lib/free-port.mjs';
import { Child } from '../child.mjs';
import { responds } from '../network.mjs';
import { writePolicies } from './policies.mjs';
import { registerAll } from './registering.mjs';

const MAIN = new URL('../../../dist/apps/gateway/src/main.js', import.meta.url).pathname;
// Leases last 300 s at most, and a round takes far less than the difference.
const RENEW_AFTER_MS = 150_000;

/**
 * This gateway in one process with its defaults; `instances` are registered and share the upstream's addresses.
 * @param policies members of its policy file; without them it has none
 * @param settings further environment variables
 */
export const gatewayTarget = ({ name, title, dataPlane, instances = 1, policies, settings = {} }) => ({
  name,
  title,
  prefix: '/api/bench',
  missing: () => (existsSync(MAIN) ? undefined : 'not built: npm run build'),
  async start({ upstream, directory }) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const { path, headers } = policies ? await writePolicies(policies, directory) : {};
    const env = {
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      DATA_PLANE: dataPlane,
      ...(path && { GATEWAY_CONFIG: path }),
      ...settings,
    };
    const child = new Child({ role: 'gateway', command: process.execPath, args: [MAIN], env, directory });
    await child.until(() => responds(`${url}/health/live`));
    const renew = () => registerAll(url, upstream, instances);
    await renew();
    return { url, child, headers, prepare: renewer(renew, child), stored: () => storedIn(url) };
  },
});

/** How many responses the cache holds, and none of them outside the process. */
async function storedIn(url) {
  const response = await fetch(`${url}/metrics`);
  const [, entries] = /^gateway_cache_entries(?:\{.*\})? (\d+)/m.exec(await response.text()) ?? [];
  return { objects: Number(entries ?? 0), bytes: 0 };
}

function renewer(renew, child) {
  let renewedAt = Date.now();
  return async () => {
    child.emptyLog();
    if (Date.now() - renewedAt < RENEW_AFTER_MS) return;
    await renew();
    renewedAt = Date.now();
  };
}

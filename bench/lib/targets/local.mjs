import { existsSync } from 'node:fs';
import { Child } from '../child.mjs';
import { responds } from '../network.mjs';

const PROGRAM = new URL('../../programs/local-gateway.mjs', import.meta.url).pathname;
const BUILT = new URL('../../../dist/apps/gateway/src/index.js', import.meta.url).pathname;

/** A service in the gateway's process: through the gateway, or (`direct`) on the service's own port. */
export const localTarget = ({ name, title, direct = false }) => ({
  name,
  title,
  prefix: direct ? '' : '/api/bench',
  missing: () => (existsSync(BUILT) ? undefined : 'not built: npm run build'),
  async start({ directory }) {
    const env = { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' };
    const child = new Child({ role: 'gateway', command: process.execPath, args: [PROGRAM], env, directory });
    const { gatewayUrl, serviceUrl } = await child.report();
    await child.until(() => responds(`${gatewayUrl}/api/bench/1`));
    return { url: direct ? serviceUrl : gatewayUrl, child, prepare: async () => child.emptyLog() };
  },
});

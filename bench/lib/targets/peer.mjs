import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { Child } from '../child.mjs';

const DIRECTORY = new URL('../../peers/', import.meta.url).pathname;
/** npm writes this file last: it exists after a complete installation only. */
const INSTALLED = `${DIRECTORY}node_modules/.package-lock.json`;
const LOCK = `${DIRECTORY}package-lock.json`;

const isInstalled = () => existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs;

/** Path of a file of the installed peers. */
export const peerFile = (path) => `${DIRECTORY}${path}`;

/** Installs the peers on first use. @throws Error if npm fails */
export function installPeers() {
  if (isInstalled()) return;
  process.stderr.write('installing the peers in bench/peers\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: DIRECTORY,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('npm ci in bench/peers failed');
}

/** A gateway built with a Node package. */
export const peerTarget = ({ name, title = name }) => ({
  name,
  title,
  prefix: '/api/bench',
  isPeer: true,
  missing: () => undefined,
  async start({ upstream, directory }) {
    const env = { UPSTREAM: `http://${upstream.addresses[0]}:${upstream.port}` };
    const args = [peerFile(`${name}.mjs`)];
    const child = new Child({ role: 'gateway', command: process.execPath, args, env, directory });
    const { port } = await child.report();
    return { url: `http://127.0.0.1:${port}`, child };
  },
});

import { Child } from './child.mjs';

const PROGRAM = new URL('../programs/upstream.mjs', import.meta.url).pathname;
// On Linux all of 127/8 is loopback; on other systems only the first address is.
const ADDRESSES =
  process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] : ['127.0.0.1'];

/** Starts the upstream that all targets share. */
export async function startUpstream(directory) {
  const args = [PROGRAM, ...ADDRESSES];
  const child = new Child({ role: 'load', command: process.execPath, args, directory });
  const { port } = await child.report();
  return { child, port, addresses: ADDRESSES };
}

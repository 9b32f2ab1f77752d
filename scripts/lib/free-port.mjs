import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that is free at this moment on every address, for programs that cannot select one themselves. */
export async function freePort() {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

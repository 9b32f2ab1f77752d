import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports that systems assign neither to connections nor to servers that listen on port 0 (Linux: from 32,768). Such a port can
 * be taken by any process before its own program listens, or while that is restarted. The bus of a Redis Cluster, 10,000
 * higher, stays in this range too.
 */
const [LOWEST, COUNT] = [12_000, 10_000];

/** A port that is free at this moment on every address, for programs that cannot select one themselves. */
export async function freePort() {
  for (;;) {
    const port = LOWEST + randomInt(COUNT);
    if (await isFreePort(port)) return port;
  }
}

/** Whether a program could listen on the port, on every address. */
export async function isFreePort(port) {
  const probe = createServer().listen(port);
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

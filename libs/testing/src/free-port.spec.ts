import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, isFreePort } from '#scripts/lib/free-port.mjs';

/** The lowest port that Linux assigns to a connection, or to a server that listens on port 0. */
const LOWEST_ASSIGNED = 32_768;

describe('A free port', () => {
  it('is one that the system assigns to no other process', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(Math.max(...ports)).toBeLessThan(LOWEST_ASSIGNED);
  });

  it('is taken while a server listens on it', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await isFreePort(port)).toBe(false);
    server.close();
    await once(server, 'close');
    expect(await isFreePort(port)).toBe(true);
  });
});

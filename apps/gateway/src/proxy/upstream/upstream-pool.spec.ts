import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TimerWheel } from '../sockets/timer-wheel.js';
import { originOf } from './origin.js';
import type { UpstreamConnection } from './upstream-connection.js';
import { UpstreamPool } from './upstream-pool.js';

describe('UpstreamPool', () => {
  let server: Server;
  let sockets: Socket[];
  let wheel: TimerWheel;
  let pool: UpstreamPool;

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume())).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    wheel = new TimerWheel();
    pool = new UpstreamPool(
      originOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      {},
      wheel,
    );
  });
  afterEach(async () => {
    await pool.close();
    wheel.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Idle connections, in the order in which they became idle. */
  function idle(count: number): UpstreamConnection[] {
    const connections = Array.from({ length: count }, () => pool.connect());
    for (const connection of connections) pool.release(connection);
    return connections;
  }

  it('returns the most recently used connection first', () => {
    const [first, last] = idle(2);
    expect([pool.acquire(true, 1), pool.acquire(true, 1)]).toEqual([last, first]);
    for (const connection of [first, last]) connection?.destroy();
  });

  it('opens a connection for a non-repeatable request if the last one has been idle for a second', () => {
    const [retained] = idle(1);
    for (let tick = 0; tick < 10; tick += 1) wheel.advance();
    const fresh = pool.acquire(false, 1);
    expect(fresh).not.toBe(retained);
    expect(pool.acquire(true, 1)).toBe(retained);
    for (const connection of [retained, fresh]) connection?.destroy();
  });

  it('opens a connection for a further attempt even if others are idle', () => {
    const retained = idle(2);
    const fresh = pool.acquire(true, 2);
    expect(retained).not.toContain(fresh);
    fresh.destroy();
  });

  it('removes a connection that closes while it is idle', () => {
    const [retained] = idle(1);
    retained?.destroy();
    const other = pool.acquire(true, 1);
    expect(other).not.toBe(retained);
    other.destroy();
  });
});

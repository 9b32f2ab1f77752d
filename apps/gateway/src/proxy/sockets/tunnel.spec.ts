import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { waitFor } from '#testing';
import { joinTunnel } from './tunnel.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');

describe('a tunnel', () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  /** Two ends of one connection; the spec acts as `far`. */
  async function pair(): Promise<{ far: Socket; near: Socket }> {
    const far = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    const [near] = (await once(server, 'connection')) as [Socket];
    sockets.push(
      far.on('error', () => undefined),
      near,
    );
    return { far, near };
  }

  async function tunnel(firstOfClient = '', firstOfInstance = '') {
    const [client, instance] = [await pair(), await pair()];
    const reported = { bytes: 0, ends: 0 };
    joinTunnel(
      { socket: client.near, first: Buffer.from(firstOfClient) },
      { socket: instance.near, first: Buffer.from(firstOfInstance) },
      { onResponseBytes: (count) => (reported.bytes += count), onEnd: () => (reported.ends += 1) },
    );
    return { client: client.far, instance: instance.far, reported };
  }

  const textOf = (socket: Socket): (() => string) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return () => text;
  };

  it('forwards bytes from before and after it was joined, and counts the bytes of the instance', async () => {
    const { client, instance, reported } = await tunnel('first of client', 'first of instance');
    const [toClient, toInstance] = [textOf(client), textOf(instance)];
    client.write(', more');
    instance.write(', more');
    await waitFor(
      'both',
      () => toClient() === 'first of instance, more' && toInstance() === 'first of client, more',
    );
    expect(reported.bytes).toBe('first of instance, more'.length);
  });

  it('lets each direction end separately', async () => {
    const { client, instance, reported } = await tunnel();
    const toClient = textOf(client);
    instance.resume();
    const ended = once(instance, 'end');
    client.end();
    await ended;
    instance.end('last words');
    await once(client, 'end');
    expect(toClient()).toBe('last words');
    await waitFor('the end', () => reported.ends === 1);
  });

  it.each(['client', 'instance'] as const)('closes both connections when the %s resets one', async (end) => {
    const ends = await tunnel();
    const other = end === 'client' ? ends.instance : ends.client;
    const closed = once(other.resume(), 'close');
    ends[end].resetAndDestroy();
    other.on('end', () => other.end());
    await closed;
  });

  it.each([
    ['client', 'instance'],
    ['instance', 'client'],
  ] as const)('pauses the %s while the %s does not read, and loses nothing', async (from, to) => {
    const ends = await tunnel();
    let sent = 0;
    let isTaken = 0;
    // Writes until the system accepts nothing for a while: all buffers in between are full.
    for (let idle = 0; idle < 20; idle += 1) {
      while (ends[from].writableLength === 0) {
        ends[from].write(PIECE, () => (isTaken += 1));
        sent += PIECE.length;
      }
      const before = isTaken;
      await new Promise((then) => setTimeout(then, 5));
      if (isTaken !== before) idle = 0;
    }
    let received = 0;
    ends[to].on('data', (chunk: Buffer) => (received += chunk.length));
    await waitFor('all of it', () => received === sent);
  });
});

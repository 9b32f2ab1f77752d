import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '#testing';
import { onClientPlanes } from './support/on-clients.js';

const MEGABYTE = 1024 * 1024;

/** Responds to plain requests, so that the harness finds the service up. */
const upgradeOnly = (_: unknown, response: { writeHead(status: number): { end(): void } }): void =>
  response.writeHead(426).end();

onClientPlanes('WebSocket', upgradeOnly, (harness) => {
  let sockets: WebSocketServer;
  const pings: string[] = [];
  const closes: { code: number; reason: string }[] = [];

  beforeAll(() => {
    sockets = new WebSocketServer({ server: harness().server, perMessageDeflate: { threshold: 0 } });
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        const [, code] = /^close (\d{4})$/.exec(data.toString('latin1', 0, 16)) ?? [];
        if (code !== undefined) socket.close(Number(code), 'on request');
        else socket.send(data, { binary: isBinary });
      });
      socket.on('ping', (data) => pings.push(data.toString()));
      socket.on('close', (code, reason) => closes.push({ code, reason: reason.toString() }));
    });
  });
  afterEach(async () => {
    await waitFor('all WebSockets at the service to close', () => sockets.clients.size === 0);
    pings.splice(0);
    closes.splice(0);
  });
  afterAll(() => sockets.close());

  async function open(compressed = true): Promise<WebSocket> {
    const perMessageDeflate = compressed && { threshold: 0 };
    const socket = new WebSocket(harness().url.replace('http', 'ws'), { perMessageDeflate });
    await once(socket, 'open');
    return socket;
  }
  async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return { code, reason: reason.toString() };
  }

  it.each([
    ['compressed', true, 'permessage-deflate'],
    ['plain', false, ''],
  ])('carries messages of one megabyte, %s', async (_, compressed, extensions) => {
    const socket = await open(compressed);
    expect(socket.extensions).toBe(extensions);
    for (const message of [randomBytes(MEGABYTE), Buffer.alloc(MEGABYTE, 'compressible '), Buffer.alloc(0)]) {
      socket.send(message);
      const [echo] = (await once(socket, 'message')) as [Buffer];
      expect(Buffer.compare(echo, message)).toBe(0);
    }
    socket.close();
    await closeOf(socket);
  });

  it('carries pings and pongs with their payload in both directions', async () => {
    const socket = await open();
    socket.ping('from the client');
    const [pong] = (await once(socket, 'pong')) as [Buffer];
    expect([pong.toString(), ...pings]).toEqual(['from the client', 'from the client']);
    const [server] = [...sockets.clients];
    server!.ping('from the service');
    const [response] = (await once(server!, 'pong')) as [Buffer];
    expect(response.toString()).toBe('from the service');
    socket.close();
    await closeOf(socket);
  });

  it.each([1000, 1011, 4000])('carries the close code %d from the client', async (code) => {
    const socket = await open();
    socket.close(code, 'enough');
    expect(await closeOf(socket)).toEqual({ code, reason: 'enough' });
    await waitFor('the disconnection to reach the service', () => closes.length === 1);
    expect(closes).toEqual([{ code, reason: 'enough' }]);
  });

  it.each([1000, 1013, 4999])('carries the close code %d from the service', async (code) => {
    const socket = await open();
    socket.send(`close ${code}`);
    expect(await closeOf(socket)).toEqual({ code, reason: 'on request' });
  });

  it('reports an end without a close frame to either side', async () => {
    const left = await open();
    left.terminate();
    await waitFor('the disconnection to reach the service', () => closes.length === 1);
    expect(closes).toEqual([{ code: 1006, reason: '' }]);
    const dropped = await open();
    for (const socket of sockets.clients) socket.terminate();
    expect((await closeOf(dropped)).code).toBe(1006);
  });
});

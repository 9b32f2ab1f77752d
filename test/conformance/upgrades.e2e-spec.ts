import { once } from 'node:events';
import type { Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '#testing';
import { metricsOf } from './support/gateway-state.js';
import { onEveryKind, SERVICE, type ServiceHarness } from './support/harness.js';
import { hasKeepAliveTimer } from './support/keep-alive.js';
import { RawClient } from './support/raw-client.js';

// The test reads socket timers from /proc.
const onLinux = process.platform === 'linux' ? it : it.skip;

onEveryKind('upgrades', (harness) => {
  let sockets: WebSocketServer;

  beforeAll(() => {
    sockets = new WebSocketServer({
      server: serverOf(harness()),
      path: '/socket',
      maxPayload: 8 * 1024 * 1024,
      handleProtocols: (protocols) => (protocols.has('v2') ? 'v2' : false),
    });
    sockets.on('connection', (socket, request) => {
      socket.on('error', () => undefined);
      socket.send(JSON.stringify({ url: request.url, headers: request.headers }));
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
  afterAll(() => sockets.close());

  const open = (path = '/socket', protocols: string[] = []): WebSocket =>
    new WebSocket(harness().url.replace('http', 'ws') + path, protocols, {
      headers: { authorization: 'Bearer x', cookie: 'a=1' },
    });

  it('carries the handshake, its fields and messages of every kind', async () => {
    const socket = open('/socket?room=1', ['v1', 'v2']);
    const [greeting] = (await once(socket, 'message')) as [Buffer];
    expect(socket.protocol).toBe('v2');
    expect(JSON.parse(greeting.toString())).toMatchObject({
      url: '/socket?room=1',
      headers: {
        host: new URL(harness().serviceUrl).host,
        authorization: 'Bearer x',
        cookie: 'a=1',
        'x-forwarded-prefix': `/api/${SERVICE}`,
        via: '1.1 msa-gateway',
      },
    });
    for (const message of ['text äöü', Buffer.alloc(1024 * 1024, 7), Buffer.alloc(0)]) {
      socket.send(message);
      const [echo] = (await once(socket, 'message')) as [Buffer];
      expect(Buffer.compare(echo, Buffer.from(message as string))).toBe(0);
    }
    socket.close(4001, 'done');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, 'done']);
  });

  it('counts a tunnel while it is open', async () => {
    const socket = open();
    await once(socket, 'message');
    const tunnels = async (): Promise<number> => (await metricsOf(harness())).services[0]!.tunnelsOpen;
    await waitFor('the tunnel to be counted', async () => (await tunnels()) === 1);
    socket.terminate();
    await waitFor('the tunnel to close', async () => (await tunnels()) === 0);
  });

  it('counts the bytes that the service sends through a tunnel', async () => {
    const bytesSent = async (): Promise<number> => (await metricsOf(harness())).services[0]?.bytesSent ?? 0;
    const before = await bytesSent();
    const socket = open();
    const [greeting] = (await once(socket, 'message')) as [Buffer];
    socket.send('x'.repeat(5000));
    await once(socket, 'message');
    socket.terminate();
    await waitFor('the bytes to be counted', async () => (await bytesSent()) > before);
    // A server frame of this length has a header of 4 bytes.
    expect((await bytesSent()) - before).toBe(greeting.length + 4 + 5000 + 4);
  });

  onLinux('sends TCP keep-alive probes to both sides of an idle tunnel', async () => {
    const socket = open();
    await once(socket, 'message');
    const { kind, gatewayPort, serviceUrl } = harness();
    try {
      await waitFor('keep-alive probes to the client', () => hasKeepAliveTimer({ from: gatewayPort }));
      // A service in the same process has no connection.
      if (kind !== 'local')
        await waitFor('keep-alive probes to the service', () =>
          hasKeepAliveTimer({ to: Number(new URL(serviceUrl).port) }),
        );
    } finally {
      socket.terminate();
    }
  });

  it('closes the tunnel to the other side when the client or the service terminates', async () => {
    const socket = open();
    await once(socket, 'message');
    expect(sockets.clients.size).toBe(1);
    socket.terminate();
    await waitFor('the disconnection to reach the service', () => sockets.clients.size === 0);
    const other = open();
    await once(other, 'message');
    for (const client of sockets.clients) client.terminate();
    const [code] = (await once(other, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('forwards a refusal with status, fields and body', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(handshake('/elsewhere'));
    const response = await client.untilClosed();
    expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(response).toMatch(/\r\nvia: 1\.1 msa-gateway\r\n/i);
  });

  it('forwards bytes that follow the handshake in the same packet', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    // A masked text frame "hi" with an all-zero mask.
    client.send(
      Buffer.concat([Buffer.from(handshake('/socket')), Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])]),
    );

    await client.until(/^HTTP\/1\.1 101 [^]*\u0081\u0002hi$/);
    client.close();
  });

  it('responds to an upgrade for an unknown service with a problem', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(handshake('/x').replace(SERVICE, 'unknown'));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 404 [^]*unknown-service/);
  });

  it('handles a request that offers HTTP/2 as an ordinary request, with its body', async () => {
    harness().service.handler = (request, response) => {
      request.resume().on('end', () => response.end(`upgrade: ${request.headers.upgrade ?? 'none'}`));
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      `POST /api/${SERVICE} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
        'HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 5\r\n\r\nhello',
    );
    await client.until(/^HTTP\/1\.1 200 [^]*upgrade: none/);
    client.close();
  });
});

const serverOf = ({ serviceApp }: ServiceHarness): Server => serviceApp.nest.getHttpServer();

const handshake = (path: string): string =>
  `GET /api/${SERVICE}${path} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { waitFor } from '#testing';
import type { Timeouts } from '../../../policy/policy.js';
import { localInstanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const MB = 1024 * 1024;
const get = (path: string, ...fields: string[]): string =>
  [`GET /api/users${path} HTTP/1.1`, 'Host: gw', ...fields, '', ''].join('\r\n');
const post = (length: number, ...fields: string[]): string =>
  ['POST /api/users HTTP/1.1', 'Host: gw', `Content-Length: ${length}`, ...fields, '', ''].join('\r\n');

describe('A local instance on the wire data plane', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function start(timeouts: Partial<Timeouts>, ...serve: RequestListener[]): Promise<ProxyHarness> {
    const harness = await ProxyHarness.start(timeouts);
    harness.setInstances(...serve.map((each, i) => localInstanceOf(`i-${i}`, each)));
    closers.push(() => harness.close());
    return harness;
  }

  function open({ port }: ProxyHarness): { socket: Socket; received: string } {
    const socket = connect({ port, host: '127.0.0.1' });
    const client = { socket, received: '' };
    socket.setEncoding('latin1').on('data', (piece: string) => (client.received += piece));
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
    return client;
  }

  const until = (client: { received: string }, pattern: RegExp): Promise<unknown> =>
    waitFor(`${pattern}`, () => pattern.test(client.received));

  it('serves all requests of a connection, each with messages of its own that close', async () => {
    const closed: string[] = [];
    const sockets = new Set<Socket>();
    const harness = await start({}, (request, response) => {
      sockets.add(request.socket);
      request.on('close', () => closed.push(`request ${request.url}`));
      response.on('close', () => closed.push(`response ${request.url}`));
      response.end(`for ${request.url}`);
    });
    const client = open(harness);
    client.socket.write(get('/1') + get('/2') + get('/3'));
    await until(client, /for \/1[^]*for \/2[^]*for \/3$/);
    await waitFor('all messages to close', () => closed.length === 6);
    expect(new Set(closed).size).toBe(6);
    expect(sockets.size).toBe(1);
    expect([...sockets][0]!.listenerCount('close')).toBeLessThan(4);
  });

  it('passes a connection between local instances and the gateway itself', async () => {
    const harness = await start({}, (_request, response) => response.end('local'));
    const client = open(harness);
    for (let i = 1; i <= 3; i += 1) {
      client.socket.write(get(''));
      await until(client, new RegExp(`(?:local[^]*){${i}}$`));
      client.socket.write('GET /own HTTP/1.1\r\nHost: gw\r\n\r\n');
      await until(client, new RegExp(`(?:not proxied[^]*){${i}}$`));
    }
  });

  it('gets an upgrade on a connection that it has served before', async () => {
    const harness = await start({});
    harness.setInstances({
      ...localInstanceOf('a', (_request, response) => response.end('served')),
      target: {
        request: (_request, response) => response.end('served'),
        upgrade: (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\ntunnel'),
      },
    });
    const client = open(harness);
    client.socket.write(get(''));
    await until(client, /served$/);
    client.socket.write(get('', 'Connection: upgrade', 'Upgrade: talk'));
    await until(client, /HTTP\/1\.1 101 [^]*tunnel$/);
  });

  it('may respond first and read the body afterwards, and the connection is used again', async () => {
    const bodies: number[] = [];
    const harness = await start({}, (request, response) => {
      response.end('early');
      void buffer(request).then(({ length }) => bodies.push(length));
    });
    const client = open(harness);
    for (let i = 1; i <= 2; i += 1) {
      client.socket.write(post(MB));
      await until(client, new RegExp(`(?:early[^]*){${i}}$`));
      client.socket.write(Buffer.alloc(MB));
      await waitFor('the body', () => bodies.length === i);
    }
    expect(bodies).toEqual([MB, MB]);
  });

  it('that does not read the body of its request need not', async () => {
    const harness = await start({}, (_request, response) => response.end('unread'));
    const client = open(harness);
    client.socket.write(post(4 * MB));
    client.socket.write(Buffer.alloc(4 * MB));
    client.socket.write(get(''));
    await until(client, /unread[^]*unread$/);
  });

  it('that pauses the body and responds leaves the connection to the next request', async () => {
    const harness = await start({}, (request, response) => {
      if (request.method === 'GET') response.end('next');
      else request.once('data', () => void (request.pause(), setTimeout(() => response.end('early'), 50)));
    });
    const client = open(harness);
    client.socket.write(post(3 * MB) + 'x'.repeat(3 * MB) + get('/'));
    await until(client, /early[^]*next$/);
  });

  it('slows the client down while it does not read', async () => {
    let request: IncomingMessage | undefined;
    const harness = await start({}, (received, response) => {
      request = received;
      received.on('end', () => response.end('read'));
    });
    const client = open(harness);
    client.socket.write(post(64 * MB));
    client.socket.write(Buffer.alloc(64 * MB));
    await waitFor('the request', () => request !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.socket.writableLength).toBeGreaterThan(32 * MB);
    expect(request!.readableLength).toBeLessThan(MB);
    request!.resume();
    await until(client, /read$/);
  });

  it('is told when the client can take more', async () => {
    let drains = 0;
    const harness = await start({}, (_request, response) => {
      response.on('drain', () => (drains += 1));
      // A stream that finds `writableNeedDrain` set waits for a `drain`.
      const half = (): Readable => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(128 * 1024)));
      half()
        .on('end', () => half().pipe(response))
        .pipe(response, { end: false });
    });
    const response = await fetch(harness.url + '/api/users');
    expect((await response.arrayBuffer()).byteLength).toBe(16 * MB);
    expect(drains).toBeGreaterThan(1);
  });

  it('gets the body of a client that waits for 100 Continue', async () => {
    const harness = await start({}, (request, response) => {
      void text(request).then((body) => response.end(`got ${body}`));
    });
    const client = open(harness);
    client.socket.write(post(4, 'Expect: 100-continue'));
    await until(client, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write('body');
    await until(client, /got body$/);
    expect(client.received).toMatch(/connection: keep-alive/i);
  });

  it.each([
    ['HTTP/1.0', 'GET /api/users HTTP/1.0\r\n\r\n', 'in two parts'],
    ['persistent HTTP/1.0', 'GET /api/users HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'in two parts'],
    ['Connection: close', get('', 'Connection: close'), '3\r\nin \r\n9\r\ntwo parts\r\n0\r\n\r\n'],
  ])('ends the connection after its response to %s', async (_what, request, body) => {
    const harness = await start({}, (_request, response) => {
      response.write('in ');
      response.end('two parts');
    });
    const client = open(harness);
    client.socket.write(request);
    await once(client.socket, 'close');
    expect(client.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/i);
    expect(client.received.slice(client.received.indexOf('\r\n\r\n') + 4)).toBe(body);
  });

  it('may limit the silence of its client, for one request', async () => {
    const timeouts: string[] = [];
    const harness = await start({}, (request, response) => {
      if (request.url === '/next') {
        setTimeout(() => response.end('next'), 100);
        return;
      }
      response.setTimeout(30, () => timeouts.push('response'));
      request.setTimeout(30, () => timeouts.push('request'));
      response.once('timeout', () => response.end('late'));
    });
    const client = open(harness);
    client.socket.write(get(''));
    await until(client, /late$/);
    client.socket.write(get('/next'));
    await until(client, /next$/);
    expect(timeouts).toEqual(['response']);
  });

  it('learns that its client has disconnected', async () => {
    const events: string[] = [];
    const harness = await start({}, (request, response) => {
      request.on('error', (error: NodeJS.ErrnoException) => events.push(`request ${error.code}`));
      request.on('aborted', () => events.push('aborted'));
      response.on('close', () => events.push(`closed ${response.writableFinished}`));
      request.resume();
    });
    const client = open(harness);
    client.socket.write(post(10));
    await waitFor(
      'the request',
      () => harness.services.current.get('users')!.instances[0]!.load.inFlight === 1,
    );
    client.socket.destroy();
    await waitFor('the end', () => events.length === 3);
    expect(events.toSorted()).toEqual(['aborted', 'closed false', 'request ECONNRESET']);
  });

  it('cannot change the response of another one that took its place', async () => {
    const responses: ServerResponse[] = [];
    const harness = await start({ responseHeaderMs: 50 }, (request, response) => {
      responses.push(response);
      if (request.url === '/ok') response.end('ok');
    });
    const client = open(harness);
    client.socket.write(get('/silent'));
    await until(client, /^HTTP\/1\.1 504 [^]*\}$/);
    client.socket.write(get('/ok'));
    await until(client, /ok$/);
    const { received } = client;
    responses[0]!.setHeader('x-late', '1');
    responses[0]!.writeHead(200).end('late');
    client.socket.write(get('/ok'));
    await waitFor('the next response', () => client.received.length > received.length);
    expect(client.received).not.toMatch(/late/);
    expect(responses[0]!.closed).toBe(true);
  });

  it('that throws is 502, and the connection is used again', async () => {
    const harness = await start({}, (request, response) => {
      if (request.url !== '/ok') throw new Error('broken');
      response.end('ok');
    });
    const client = open(harness);
    client.socket.write(get('/throws'));
    await until(client, /^HTTP\/1\.1 502 [^]*\}$/);
    client.socket.write(get('/ok'));
    await until(client, /ok$/);
  });
});

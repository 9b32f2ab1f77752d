import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { call, freePort, waitFor } from '#testing';
import { onEveryPlane } from './support/harness.js';
import { exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';
import { respondWith, RawUpstream } from './support/raw-upstream.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

onEveryPlane('hostile upstreams', (harness) => {
  let upstream: RawUpstream;
  let service: string;
  let count = 0;

  beforeEach(async () => {
    upstream = await RawUpstream.start();
    service = `raw-${++count}`;
    await harness().register(service, upstream.url);
  });
  afterEach(() => upstream.close());

  const url = (): string => `${harness().gatewayUrl}/api/${service}`;
  const open = async (path = '', version = '1.1'): Promise<RawClient> => {
    const client = await RawClient.open(harness().gatewayPort);
    return client.send(`GET /api/${service}${path} HTTP/${version}\r\nHost: gw\r\n\r\n`);
  };

  it.each([
    ['noise', 'this is not http\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a non-numeric length', 'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na'],
    ['a field name with a space', 'HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 0\r\n\r\n'],
    [
      'an unrequested transfer coding',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an unrequested upgrade', 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a bare 101', 'HTTP/1.1 101 Switching\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'X-Long: 0123456789\r\n'.repeat(5000)}`],
  ])('responds 502 to %s', async (_what, response) => {
    upstream.onChunk = respondWith(response);
    const { status, body } = await call(url(), 'GET /');
    expect([status, body.type]).toEqual([502, 'urn:msa-gateway:problem:upstream-protocol-error']);
  });

  it('never presents a truncated response with a length as complete', async () => {
    upstream.onChunk = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    const client = await open();
    expect(await client.untilClosed()).toMatch(/Content-Length: 10[^]*half$/i);
    await expect(exchange(url())).rejects.toThrow('aborted');
  });

  it('never presents a truncated chunked response as complete', async () => {
    upstream.onChunk = ({ socket }) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    const client = await open();
    const response = await client.untilClosed();
    expect(response).toMatch(/\r\n4\r\nhalf\r\n$/);
    await expect(exchange(url())).rejects.toThrow('aborted');
  });

  it('sends an HTTP/1.0 client nothing of a response that breaks right after its head', async () => {
    // Some systems treat a reset after bytes that were read as the end.
    upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk');
    expect(await (await open('', '1.0')).untilClosed()).toBe('');
  });

  it('resets an HTTP/1.0 client, for which a close would mark the end of the response', async () => {
    upstream.onChunk = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    const client = await RawClient.open(harness().gatewayPort);
    const error = once(client.socket, 'error').catch((thrown: unknown) => [thrown]);
    client.send(`GET /api/${service} HTTP/1.0\r\nHost: gw\r\n\r\n`);
    const [thrown] = (await error) as [NodeJS.ErrnoException];
    expect(thrown.code).toBe('ECONNRESET');
  });

  it('accepts a response delimited by its connection', async () => {
    upstream.onChunk = ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end');
    expect((await exchange(url())).text).toBe('until the end');
  });

  it('forwards a response that arrives byte by byte', async () => {
    upstream.onChunk = ({ socket }) => {
      socket.setNoDelay(true);
      for (const byte of OK) socket.write(byte);
    };
    expect((await exchange(url())).text).toBe('ok');
  });

  it('retries only an idempotent request, and only once, when its connection breaks', async () => {
    let heads = 0;
    upstream.onChunk = (connection) => {
      heads += 1;
      if (heads === 1) connection.socket.resetAndDestroy();
      else connection.send(OK);
    };
    expect((await exchange(`${url()}/again`)).text).toBe('ok');
    heads = 0;
    expect((await exchange(url(), { method: 'POST' })).status).toBe(502);
    upstream.onChunk = ({ socket }) => {
      heads += 1;
      socket.destroy();
    };
    heads = 0;
    expect((await call(url(), 'GET /')).body.type).toBe('urn:msa-gateway:problem:upstream-unreachable');
    expect(heads).toBe(2);
  });

  it('sends any request to another instance when one refuses the connection', async () => {
    await harness().register(service, await refusingUrl(), `${service}-dead`);
    upstream.onChunk = respondWith(OK);
    for (let i = 0; i < 4; i += 1)
      expect((await exchange(url(), { method: 'POST', body: 'x' })).text).toBe('ok');
  });

  it('responds 502 when every instance refuses the connection', async () => {
    await harness().register('dead', await refusingUrl());
    const { status, body } = await call(harness().gatewayUrl, 'POST /api/dead', { body: 'x' });
    expect([status, body.type]).toEqual([502, 'urn:msa-gateway:problem:upstream-unreachable']);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it('closes the upstream connection immediately when the client disconnects', async () => {
    const outgoing = httpRequest(url(), { agent: false }).end();
    outgoing.on('error', () => undefined);
    await waitFor('the request to arrive', () => upstream.received.includes('GET / HTTP/1.1'));
    outgoing.destroy();
    await waitFor(
      'the disconnection to reach the instance',
      () => upstream.connections[0]?.isEnded === true,
      1_000,
    );
  });

  it('closes the upstream connection when the client disconnects in the middle of the response', async () => {
    upstream.onChunk = (connection) => {
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning');
    };
    const client = await open();
    await client.until(/beginning/);
    client.socket.resetAndDestroy();
    await waitFor(
      'the disconnection to reach the instance',
      () => upstream.connections[0]?.isEnded === true,
      1_000,
    );
  });

  it('opens a tunnel only for a valid 101', async () => {
    upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nno thank');
    const client = await RawClient.open(harness().gatewayPort);
    client.send(
      `GET /api/${service} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n` +
        'GET /smuggled HTTP/1.1\r\nHost: internal\r\n\r\n',
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK[^]*no thank$/);
    expect(upstream.received).not.toContain('smuggled');
  });

  it('forwards bytes that an instance sends right after its 101', async () => {
    upstream.onChunk = (connection, chunk) => {
      if (chunk.includes('\r\n\r\n'))
        connection.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\nfirst words',
        );
      else connection.send(`you said ${chunk}`);
    };
    const client = await RawClient.open(harness().gatewayPort);
    client.send(`GET /api/${service} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\n`);
    await client.until(/^HTTP\/1\.1 101 [^]*upgrade: talk\r\n[^]*\r\n\r\nfirst words$/i);
    await client.send('hello').until(/you said hello$/);
    // Earlier connections may exist: the gateway sends connect checks.
    const tunnel = upstream.connections.find(({ received }) => received.includes('hello'))!;
    client.socket.end();
    await waitFor('the half-close to arrive', () => tunnel.isEnded);
    tunnel.send('last words').socket.end();
    expect(await client.untilClosed()).toMatch(/last words$/);
  });
});

/** A URL on which no process listens. */
const refusingUrl = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

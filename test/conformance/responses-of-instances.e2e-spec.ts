import { once } from 'node:events';
import { HttpRegistry } from '#registry-client';
import { call, waitFor } from '#testing';
import { onEveryPlane } from './support/harness.js';
import { exchange } from './support/exchange.js';
import { RawClient } from './support/raw-client.js';
import {
  respondToHealthChecks,
  respondWith,
  RawUpstream,
  type ChunkHandler,
  type RawConnection,
} from './support/raw-upstream.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Sends a response byte by byte, each in its own packet as far as the system allows. */
const dripping =
  (response: string): ChunkHandler =>
  ({ socket }, chunk) => {
    if (!chunk.includes('\r\n\r\n')) return;
    socket.setNoDelay(true);
    for (const byte of Buffer.from(response, 'latin1')) socket.write(Buffer.of(byte));
  };

onEveryPlane('responses of instances', (harness) => {
  let upstream: RawUpstream;
  let service: string;
  let count = 0;

  beforeEach(async () => {
    upstream = await RawUpstream.start();
    service = `raw-${++count}`;
    await new HttpRegistry({ url: harness().gatewayUrl }).register({
      name: service,
      url: upstream.url,
      id: service,
      ttlSeconds: 300,
      metadata: {
        'gateway.timeout.response-header-ms': '400',
        'gateway.timeout.idle-ms': '400',
        'gateway.ejection.failures-in-row': '0',
        'gateway.breaker.failure-percent': '0',
      },
    });
  });
  afterEach(() => upstream.close());

  const url = (): string => `${harness().gatewayUrl}/api/${service}`;
  const onChunk = (what: ChunkHandler): void => void (upstream.onChunk = respondToHealthChecks(what));
  const requests = (): RawConnection[] =>
    upstream.connections.filter(({ received }) => received !== '' && !received.startsWith('GET /health'));
  const send = async (version = '1.1', method = 'GET', more = ''): Promise<RawClient> => {
    const client = await RawClient.open(harness().gatewayPort);
    return client.send(`${method} /api/${service} HTTP/${version}\r\nHost: gw\r\n${more}\r\n`);
  };

  describe.each([
    ['whole', respondWith],
    ['byte by byte', dripping],
  ])('%s', (_how, sending) => {
    it.each([
      ['an unknown version', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['a version in lower case', 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
      ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
      ['a status below 100', 'HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n'],
      ['two blanks before the status', 'HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['garbage before the response', `\r\nwhat?\r\n${OK}`],
      ['an empty line before the response', `\r\n${OK}`],
      ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
      ['bare LF in the middle', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
      ['bare CR', 'HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n'],
      ['NUL', 'HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n'],
      ['an obsolete folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
      ['a space before a colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
      ['a field without a colon', 'HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n'],
      ['equal lengths twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
      ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok'],
      ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok'],
      [
        'a length that exceeds the number range',
        'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok',
      ],
      ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
      ['chunks that are not last', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n'],
      ['more than a hundred fields', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(101)}\r\n`],
      ['too many interim responses', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17) + OK],
    ])('responds 502 to %s', async (_what, response) => {
      onChunk(sending(response));
      const client = await send('1.1', 'GET', 'Connection: close\r\n');
      const received = await client.untilClosed();
      expect(received.replaceAll('HTTP/1.1 102 Processing\r\n\r\n', '')).toMatch(
        /^HTTP\/1\.1 502 [^]*urn:msa-gateway:problem:upstream-protocol-error/,
      );
    });

    it.each([
      ['no size', 'x\r\n'],
      ['a size with a sign', '+2\r\nok\r\n0\r\n\r\n'],
      ['a size with a prefix', '0x2\r\nok\r\n0\r\n\r\n'],
      ['a size that exceeds the number range', 'fffffffffffffffff\r\n'],
      ['a size that ends with LF', '2\nok\r\n0\r\n\r\n'],
      ['data beyond its size', '2\r\noky\r\n0\r\n\r\n'],
      ['data that ends with LF', '2\r\nok\n0\r\n\r\n'],
      ['an unterminated extension', `2;${'a'.repeat(5_000)}`],
      ['a malformed trailer', '2\r\nok\r\n0\r\nbad trailer\r\n\r\n'],
      ['trailers that are too large', `2\r\nok\r\n0\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`],
      ['too many trailers', `2\r\nok\r\n0\r\n${'x: y\r\n'.repeat(101)}\r\n`],
    ])('never presents chunks with %s as a complete response', async (_what, chunks) => {
      onChunk(sending(CHUNKED + chunks));
      const client = await send();
      expect(await client.untilClosed()).not.toMatch(/\r\n0\r\n\r\n$/);
      await expect(exchange(url())).rejects.toThrow();
    });
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunks', `${CHUNKED}4\r\nhalf\r\n`],
    ['a chunk', `${CHUNKED}8\r\nhalf`],
    ['the last chunk', `${CHUNKED}4\r\nhalf\r\n0\r\n`],
    ['trailers', `${CHUNKED}4\r\nhalf\r\n0\r\nx: y\r\n`],
  ])('resets an HTTP/1.0 client when %s is truncated', async (_what, response) => {
    onChunk(({ socket }) => socket.end(response));
    const client = await RawClient.open(harness().gatewayPort);
    const error = once(client.socket, 'error').catch((thrown: unknown) => [thrown]);
    client.send(`GET /api/${service} HTTP/1.0\r\nHost: gw\r\n\r\n`);
    const [thrown] = (await error) as [NodeJS.ErrnoException];
    expect(thrown.code).toBe('ECONNRESET');
  });

  it('never presents a response delimited by its connection as complete after a reset', async () => {
    onChunk((connection) => {
      connection.send('HTTP/1.1 200 OK\r\n\r\nhalf');
      setTimeout(() => connection.socket.resetAndDestroy(), 50);
    });
    await expect(exchange(url())).rejects.toThrow('aborted');
  });

  it.each(['1.0', '1.1'])('forwards a body delimited by its connection to HTTP/%s', async (version) => {
    onChunk(({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'));
    const received = await (await send(version, 'GET', 'Connection: close\r\n')).untilClosed();
    expect(received).toMatch(
      version === '1.0' ? /\r\n\r\nuntil the end$/ : /chunked[^]*\r\n\r\nd\r\nuntil the end\r\n0\r\n\r\n$/i,
    );
  });

  it('forwards chunks to HTTP/1.0 as a plain body, without chunked coding, trailers or interim responses', async () => {
    onChunk(
      respondWith(
        'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nTrailer: x\r\n' +
          'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;a=b\r\nays\r\n0\r\nx: 1\r\n\r\n',
      ),
    );
    expect(await (await send('1.0')).untilClosed()).toMatch(
      /^HTTP\/1\.1 200 (?:(?!chunked|1\.1 103|trailer)[^])*\r\n\r\nokays$/i,
    );
    expect(await (await send('1.0', 'HEAD')).untilClosed()).toMatch(
      /^HTTP\/1\.1 200 (?:(?!chunked|1\.1 103|trailer)[^])*\r\n\r\n$/i,
    );
  });

  it.each([
    ['GET', 'ok'],
    ['HEAD', ''],
  ])('forwards a response to %s with announced trailers and a length', async (method, body) => {
    onChunk(respondWith(`HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 2\r\n\r\n${body}`));
    const response = await exchange(url(), { method });
    expect([response.status, response.text, response.headers['content-length']]).toEqual([200, body, '2']);
  });

  it('keeps the fields of GET in a response to HEAD, including the coding and announced trailers', async () => {
    onChunk(respondWith('HTTP/1.1 200 OK\r\nTrailer: x\r\nTransfer-Encoding: chunked\r\n\r\n'));
    const { headers } = await exchange(url(), { method: 'HEAD' });
    expect(headers).toMatchObject({ trailer: 'x', 'transfer-encoding': 'chunked' });
  });

  it.each([
    ['204', 'GET', '204 No Content'],
    ['304', 'GET', '304 Not Modified'],
    ['a response to HEAD', 'HEAD', '200 OK'],
  ])('keeps an HTTP/1.0 connection after %s, which has no body', async (_what, method, status) => {
    onChunk(respondWith(`HTTP/1.1 ${status}\r\n\r\n`));
    const client = await send('1.0', method, 'Connection: keep-alive\r\n');
    const keptAlive = /\r\nconnection: keep-alive\r\nkeep-alive: timeout=75\r\n\r\n$/i;
    const first = await client.until(keptAlive);
    client.send(`${method} /api/${service} HTTP/1.0\r\nHost: gw\r\nConnection: keep-alive\r\n\r\n`);
    await waitFor('the next response', () => client.received.length > first.length);
    expect(await client.until(keptAlive)).toMatch(/HTTP\/1\.1 [^]*HTTP\/1\.1 /);
    client.close();
  });

  it.each([
    ['HTTP/1.0', '1.0', ''],
    ['Connection: close', '1.1', 'Connection: close\r\n'],
  ])('closes the connection after a 426 to %s', async (_what, version, more) => {
    onChunk(respondWith('HTTP/1.1 426 Upgrade Required\r\nUpgrade: talk\r\nContent-Length: 2\r\n\r\nno'));
    const response = await (await send(version, 'GET', more)).untilClosed();
    expect(response).toMatch(/^HTTP\/1\.1 426 [^]*upgrade: talk\r\n[^]*connection: close\r\n[^]*no$/i);
  });

  it('forwards the protocols that an instance requires in a 426', async () => {
    const fields = 'Connection: upgrade\r\nUpgrade: chat/2\r\nContent-Length: 2\r\n\r\nno';
    onChunk(respondWith(`HTTP/1.1 426 Upgrade Required\r\n${fields}`));
    for (const _ of [1, 2]) {
      const { status, text, headers } = await exchange(url());
      expect([status, text, headers.upgrade]).toEqual([426, 'no', 'chat/2']);
      expect(headers.connection).toMatch(/upgrade/i);
    }
    // In any other response Upgrade concerns only the instance and the gateway.
    onChunk(respondWith(`HTTP/1.1 200 OK\r\n${fields}`));
    expect((await exchange(url())).headers).not.toHaveProperty('upgrade');
  });

  it.each([
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304 with a length', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['304 with chunks', 'GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a response to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['a response to HEAD without a length', 'HEAD', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('treats %s as complete and reuses the connection', async (_what, method, response) => {
    onChunk(respondWith(response));
    for (const _ of [1, 2]) expect((await exchange(url(), { method })).text).toBe('');
    expect(requests()).toHaveLength(1);
  });

  it.each([
    ['bytes after it', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!`],
    [
      'a body that HEAD must not have',
      'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!',
    ],
    ['Connection: close', OK.replace('OK\r\n', 'OK\r\nConnection: close\r\n')],
    ['HTTP/1.0', OK.replace('1.1', '1.0')],
  ])('does not reuse a connection after a response with %s', async (_what, response) => {
    onChunk(respondWith(response));
    for (const _ of [1, 2, 3]) expect((await exchange(url())).text).not.toContain('EVIL');
    expect(requests()).toHaveLength(3);
  });

  it('closes an idle connection that receives an unsolicited response', async () => {
    onChunk(respondWith(OK));
    await exchange(url());
    requests()[0]!.send(
      'HTTP/1.1 408 Request Timeout\r\nContent-Length: 5\r\nConnection: close\r\n\r\nEVIL!',
    );
    await waitFor('the gateway to close the connection', () => requests()[0]!.isEnded);
    expect((await exchange(url(), { method: 'POST', body: 'x' })).text).toBe('ok');
  });

  it('closes an idle connection before the instance does', async () => {
    onChunk(respondWith(OK.replace('OK\r\n', 'OK\r\nKeep-Alive: timeout=1\r\n')));
    await exchange(url());
    await waitFor('the gateway to close the connection', () => requests()[0]!.isEnded, 950);
  });

  it('retries on a new connection when the instance has closed all idle ones', async () => {
    let isRestarted = false;
    const used = new Set<RawConnection>();
    onChunk((connection) => {
      if (isRestarted && used.has(connection)) connection.socket.resetAndDestroy();
      else if (isRestarted) connection.send(OK);
      else if (used.add(connection).size === 3) for (const each of used) each.send(OK);
    });
    await Promise.all([1, 2, 3].map(() => exchange(url())));
    isRestarted = true;
    for (let i = 0; i < 3; i += 1) expect((await exchange(url())).status).toBe(200);
  });

  it.each([
    ['before the head', ''],
    ['in the middle of the head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['after an interim response', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('responds 502 when the instance closes the connection %s', async (_when, part) => {
    onChunk(({ socket }) => socket.end(part));
    const { status, body } = await call(url(), 'GET /');
    expect([status, body.type]).toEqual([502, 'urn:msa-gateway:problem:upstream-unreachable']);
  });

  it.each([
    ['sends nothing', ''],
    ['stops in the middle of a head', 'HTTP/1.1 200 OK\r\n'],
    ['sends only a 102', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('responds 504 when the instance %s', async (_what, part) => {
    onChunk((connection) => part !== '' && connection.send(part));
    const { status, body } = await call(url(), 'GET /');
    expect([status, body.type]).toEqual([504, 'urn:msa-gateway:problem:upstream-timeout']);
    await waitFor('the upstream connection to close', () => requests()[0]!.isEnded);
  });

  it('aborts the response when the instance stalls in the middle of a body', async () => {
    onChunk((connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    await expect(exchange(url())).rejects.toThrow('aborted');
  });

  it('forwards interim responses in order, and 100 only to clients that expect it', async () => {
    const link = 'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n';
    onChunk(respondWith(`HTTP/1.1 100 Continue\r\n\r\n${link}HTTP/1.1 102 Processing\r\n\r\n${OK}`));
    expect(await (await send('1.1', 'GET', 'Connection: close\r\n')).untilClosed()).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 200 OK/,
    );
  });

  it.each([
    ['another protocol', 'Connection: Upgrade\r\nUpgrade: other\r\n'],
    ['no Connection', 'Upgrade: talk\r\n'],
    ['no Upgrade', 'Connection: Upgrade\r\n'],
  ])('responds 502 to a 101 with %s', async (_what, fields) => {
    onChunk(respondWith(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\nsecret`));
    const client = await send('1.1', 'GET', 'Connection: Upgrade\r\nUpgrade: talk\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 502 (?:(?!secret)[^])*upstream-protocol-error/);
  });

  it.each(['h2c', 'HTTP/2.0', 'TLS/1.2', 'websocket, h2c', 'websocket, talk'])(
    'handles an upgrade to %s as an ordinary request',
    async (protocol) => {
      onChunk(respondWith(OK));
      const fields = `Connection: close, Upgrade, X-Mine\r\nX-Mine: 1\r\nUpgrade: ${protocol}\r\n`;
      expect(await (await send('1.1', 'GET', fields)).untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
      expect(requests()[0]!.received).not.toMatch(/upgrade|x-mine/i);
    },
  );

  it.each([
    ['HTTP/1.0', '1.0', 'GET', '', ''],
    ['a body', '1.1', 'POST', 'Content-Length: 2\r\n', 'hi'],
  ])('handles an upgrade with %s as an ordinary request', async (_what, version, method, more, body) => {
    onChunk(respondWith(OK));
    const client = await send(version, method, `Connection: Upgrade, close\r\nUpgrade: talk\r\n${more}`);
    expect(await client.send(body).untilClosed()).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
    expect(requests()[0]!.received).not.toMatch(/upgrade/i);
  });

  it('upgrades with any method', async () => {
    onChunk(
      respondWith('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: TALK/2\r\n\r\nhello'),
    );
    const client = await send('1.1', 'OPTIONS', 'Connection: Upgrade\r\nUpgrade: talk/1\r\n');
    await client.until(/^HTTP\/1\.1 101 [^]*hello$/);
    client.close();
  });

  it('carries many small chunks to a slow client', async () => {
    const chunk = `100\r\n${'x'.repeat(256)}\r\n`;
    onChunk(respondWith(`${CHUNKED}${chunk.repeat(60_000)}0\r\n\r\n`));
    const client = await RawClient.open(harness().gatewayPort);
    client.socket.pause();
    client.send(`GET /api/${service} HTTP/1.0\r\nHost: gw\r\n\r\n`);
    // Checks all connections, because the last one may be a connect check.
    await waitFor('backpressure at the instance', () =>
      upstream.connections.some(({ socket }) => socket.writableLength > 0),
    );
    client.socket.resume();
    const received = await client.untilClosed();
    expect(received.length - received.indexOf('\r\n\r\n') - 4).toBe(60_000 * 256);
  });
});

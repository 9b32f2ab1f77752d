import { once } from 'node:events';
import { waitFor } from '#testing';
import { startGateway, type GatewayBench } from './support/bench.js';
import { RawClient } from './support/raw-client.js';
import { RawUpstream } from './support/raw-upstream.js';

const request = (method: string, path: string, more = '', body = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n${body}`;
const get = (path: string): string => request('GET', path);
const LIVE = get('/health/live');
const CLEANUP = request('POST', '/discovery/cleanup', 'Content-Length: 0\r\n');
const PROXIED = get('/api/raw/x');
/** The data planes send the same heads. The wire plane passes chunks with their extensions; node:http writes them anew. */
const CHUNKS = '7;a=b\r\nproxied\r\n0\r\n\r\n';
const BY_WIRE = /\r\n\r\n7;a=b\r\nproxied\r\n0\r\n\r\n$/;
const BY_NODE = /\r\n\r\n7\r\nproxied\r\n0\r\n\r\n$/;
const INSTANCE = '{"name":"other","id":"other","url":"http://localhost:9"}';
const REGISTRATION = request(
  'POST',
  '/discovery/register',
  `Content-Type: application/json\r\nContent-Length: ${INSTANCE.length}\r\n`,
  INSTANCE,
);
const LIVE_ANSWER = /^HTTP\/1\.1 20[01] [^]*\}$/;

describe('a connection that served a request to the gateway itself', () => {
  let bench: GatewayBench;
  let upstream: RawUpstream;
  let client: RawClient;

  beforeAll(async () => {
    [bench, upstream] = await Promise.all([startGateway('wire'), RawUpstream.start()]);
    upstream.conduct = (connection) =>
      connection.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`);
    await bench.register('raw', upstream.url);
  });
  afterAll(async () => {
    await bench.close();
    upstream.close();
  });
  beforeEach(async () => void (client = await RawClient.open(bench.gatewayPort)));
  afterEach(() => client.close());

  /** Sends `text` and returns the bytes received until `pattern` matches. */
  const ask = async (text: string, pattern: RegExp): Promise<string> => {
    const before = client.received.length;
    client.send(text);
    while (!pattern.test(client.received.slice(before))) await once(client.socket, 'data');
    return client.received.slice(before);
  };

  const asked: [string, string, RegExp][] = [
    ['a page', LIVE, LIVE_ANSWER],
    ['a missing page', get('/nowhere'), /^HTTP\/1\.1 404 [^]*\}$/],
    ['a write', CLEANUP, LIVE_ANSWER],
    ['a registration', REGISTRATION, LIVE_ANSWER],
  ];

  it.each(asked)('returns to the wire plane after %s', async (_what, text, answer) => {
    for (let i = 0; i < 3; i += 1) {
      await ask(text, answer);
      await ask(PROXIED, BY_WIRE);
    }
  });

  it('returns to the wire plane after a request that arrived byte by byte', async () => {
    for (const byte of LIVE) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(LIVE_ANSWER);
    await ask(PROXIED, BY_WIRE);
  });

  it('stays with node:http when more bytes arrived before the response was sent', async () => {
    await ask(LIVE + PROXIED, BY_NODE);
    await ask(PROXIED, BY_NODE);
  });

  it('loses no bytes of a request that starts before the previous response was sent', async () => {
    for (let at = 1; at < PROXIED.length; at += 1) {
      const other = await RawClient.open(bench.gatewayPort);
      other.socket.setNoDelay(true);
      // The registration resolves the host name, which takes long enough for more bytes to arrive.
      other.send(REGISTRATION);
      for (let turn = 0; turn <= at % 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      other.send(PROXIED.slice(0, at));
      await other.until(/^HTTP\/1\.1 20[01] [^]*\}/);
      other.send(PROXIED.slice(at));
      await other.until(/proxied\r\n0\r\n\r\n$/);
      other.close();
    }
  });

  it('stays with node:http when the body arrives after the head', async () => {
    const type = 'Content-Type: application/json\r\nContent-Length: 2\r\n';
    const head = request('POST', '/discovery/heartbeat/nobody', type);
    client.send(head);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await ask('{}', /^HTTP\/1\.1 404 [^]*\}$/);
    await ask(PROXIED, BY_NODE);
  });

  it('stays with node:http after more than ten consecutive requests to the gateway itself', async () => {
    for (let i = 0; i < 10; i += 1) await ask(LIVE, LIVE_ANSWER);
    await ask(PROXIED, BY_WIRE);
    for (let i = 0; i < 11; i += 1) await ask(LIVE, LIVE_ANSWER);
    await ask(PROXIED, BY_NODE);
  });

  it('closes on request of the client, and for HTTP/1.0', async () => {
    for (const text of [
      request('GET', '/health/live', 'Connection: close\r\n'),
      request('GET', '/nowhere', 'Connection: close\r\n'),
      'GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n',
    ]) {
      const other = await RawClient.open(bench.gatewayPort);
      expect(await other.send(text).untilClosed()).toMatch(/^HTTP\/1\.1 (?:200|404) [^]*\}$/);
    }
  });

  it('supports an upgrade afterwards', async () => {
    await ask(LIVE, LIVE_ANSWER);
    upstream.conduct = (connection, chunk) => {
      if (chunk.includes('Upgrade') || chunk.includes('upgrade'))
        connection.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\nhello',
        );
      else connection.send(`[${chunk}]`);
    };
    await ask(request('GET', '/api/raw/t', 'Connection: Upgrade\r\nUpgrade: talk\r\n'), /hello$/);
    await ask('how are you', /\[how are you\]$/);
  });

  it('leaves no state behind when it ends', async () => {
    const connections = (): Promise<number> =>
      new Promise((resolve) =>
        bench.gatewayApp.nest
          .getHttpServer()
          .getConnections((_error: unknown, count: number) => resolve(count)),
      );
    const there = await connections();
    const others = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(bench.gatewayPort)));
    for (const other of others) await other.send(LIVE).until(LIVE_ANSWER);
    expect(await connections()).toBeGreaterThanOrEqual(50);
    for (const [i, other] of others.entries())
      if (i % 2 === 0) other.close();
      else other.socket.resetAndDestroy();
    await waitFor('them to be gone', async () => (await connections()) <= there);
  });
});

describe('an idle connection that served a request to the gateway itself', () => {
  it('does not delay shutdown', async () => {
    const bench = await startGateway('wire');
    const client = await RawClient.open(bench.gatewayPort);
    await client.send(LIVE).until(LIVE_ANSWER);
    await bench.close();
    await client.untilClosed();
  });
});

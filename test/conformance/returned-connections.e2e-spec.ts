import { once } from 'node:events';
import { waitFor } from '#testing';
import { connectionsOf } from './support/gateway-state.js';
import { startGatewayHarness, type GatewayHarness } from './support/harness.js';
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
const LIVE_RESPONSE = /^HTTP\/1\.1 20[01] [^]*\}$/;

describe('a connection that served a request to the gateway itself', () => {
  let harness: GatewayHarness;
  let upstream: RawUpstream;
  let client: RawClient;

  beforeAll(async () => {
    [harness, upstream] = await Promise.all([startGatewayHarness('wire'), RawUpstream.start()]);
    upstream.onChunk = (connection) =>
      connection.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`);
    await harness.register('raw', upstream.url);
  });
  afterAll(async () => {
    await harness.close();
    upstream.close();
  });
  beforeEach(async () => void (client = await RawClient.open(harness.gatewayPort)));
  afterEach(() => client.close());

  /** Sends `text` and returns the bytes received until `pattern` matches. */
  const sendAndWaitFor = async (text: string, pattern: RegExp): Promise<string> => {
    const before = client.received.length;
    client.send(text);
    while (!pattern.test(client.received.slice(before))) await once(client.socket, 'data');
    return client.received.slice(before);
  };

  const ownRequests: [string, string, RegExp][] = [
    ['a page', LIVE, LIVE_RESPONSE],
    ['a missing page', get('/nowhere'), /^HTTP\/1\.1 404 [^]*\}$/],
    ['a write', CLEANUP, LIVE_RESPONSE],
    ['a registration', REGISTRATION, LIVE_RESPONSE],
  ];

  it.each(ownRequests)('returns to the wire plane after %s', async (_what, text, response) => {
    for (let i = 0; i < 3; i += 1) {
      await sendAndWaitFor(text, response);
      await sendAndWaitFor(PROXIED, BY_WIRE);
    }
  });

  it('returns to the wire plane after a request that arrived byte by byte', async () => {
    for (const byte of LIVE) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(LIVE_RESPONSE);
    await sendAndWaitFor(PROXIED, BY_WIRE);
  });

  it('stays with node:http when more bytes arrived before the response was sent', async () => {
    await sendAndWaitFor(LIVE + PROXIED, BY_NODE);
    await sendAndWaitFor(PROXIED, BY_NODE);
  });

  it('loses no bytes of a request that starts before the previous response was sent', async () => {
    for (let at = 1; at < PROXIED.length; at += 1) {
      const other = await RawClient.open(harness.gatewayPort);
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
    const head = request('POST', '/discovery/heartbeat/unknown', type);
    client.send(head);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await sendAndWaitFor('{}', /^HTTP\/1\.1 404 [^]*\}$/);
    await sendAndWaitFor(PROXIED, BY_NODE);
  });

  it('stays with node:http after more than ten consecutive requests to the gateway itself', async () => {
    for (let i = 0; i < 10; i += 1) await sendAndWaitFor(LIVE, LIVE_RESPONSE);
    await sendAndWaitFor(PROXIED, BY_WIRE);
    for (let i = 0; i < 11; i += 1) await sendAndWaitFor(LIVE, LIVE_RESPONSE);
    await sendAndWaitFor(PROXIED, BY_NODE);
  });

  it('closes on request of the client, and for HTTP/1.0', async () => {
    for (const text of [
      request('GET', '/health/live', 'Connection: close\r\n'),
      request('GET', '/nowhere', 'Connection: close\r\n'),
      'GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n',
    ]) {
      const other = await RawClient.open(harness.gatewayPort);
      expect(await other.send(text).untilClosed()).toMatch(/^HTTP\/1\.1 (?:200|404) [^]*\}$/);
    }
  });

  it('supports an upgrade afterwards', async () => {
    await sendAndWaitFor(LIVE, LIVE_RESPONSE);
    upstream.onChunk = (connection, chunk) => {
      if (chunk.includes('Upgrade') || chunk.includes('upgrade'))
        connection.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\nhello',
        );
      else connection.send(`[${chunk}]`);
    };
    await sendAndWaitFor(request('GET', '/api/raw/t', 'Connection: Upgrade\r\nUpgrade: talk\r\n'), /hello$/);
    await sendAndWaitFor('how are you', /\[how are you\]$/);
  });

  it('leaves no state behind when it ends', async () => {
    const connectionsBefore = await connectionsOf(harness);
    const others = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(harness.gatewayPort)));
    for (const other of others) await other.send(LIVE).until(LIVE_RESPONSE);
    expect(await connectionsOf(harness)).toBeGreaterThanOrEqual(50);
    for (const [i, other] of others.entries())
      if (i % 2 === 0) other.close();
      else other.socket.resetAndDestroy();
    await waitFor(
      'the connections to close',
      async () => (await connectionsOf(harness)) <= connectionsBefore,
    );
  });
});

describe('an idle connection that served a request to the gateway itself', () => {
  it('does not delay shutdown', async () => {
    const harness = await startGatewayHarness('wire');
    const client = await RawClient.open(harness.gatewayPort);
    await client.send(LIVE).until(LIVE_RESPONSE);
    await harness.close();
    await client.untilClosed();
  });
});

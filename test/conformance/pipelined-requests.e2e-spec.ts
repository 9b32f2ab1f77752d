import { onEveryPlane } from './support/harness.js';
import { RawClient } from './support/raw-client.js';
import { RawUpstream, type RawConnection } from './support/raw-upstream.js';

onEveryPlane('requests pipelined behind a pending response', (harness) => {
  let upstream: RawUpstream;
  /** The connection on which the response to `/slow` is incomplete. */
  let slow: RawConnection | undefined;
  const finishSlow = (): unknown => slow?.send('slow');

  beforeAll(async () => {
    upstream = await RawUpstream.start();
    upstream.onChunk = (connection, chunk) => {
      if (chunk.startsWith('GET /slow'))
        slow = connection.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nvery');
      else if (chunk.startsWith('GET /hints'))
        connection.send(
          'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhints',
        );
      else if (chunk.startsWith('GET /talk'))
        connection.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\nhello',
        );
      else if (!chunk.startsWith('GET /health')) connection.send(`[${chunk}]`);
    };
    await harness().register('raw', upstream.url);
  });
  afterAll(() => upstream.close());

  const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: gw\r\n${more}\r\n`;
  const TALK = get('/api/raw/talk', 'Connection: Upgrade\r\nUpgrade: talk\r\n');
  const CONNECT = 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n';

  it('sends early hints after the earlier response', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/api/raw/slow') + get('/api/raw/hints', 'Connection: close\r\n'));
    await client.until(/very$/);
    finishSlow();
    expect(await client.untilClosed()).toMatch(
      /\r\n\r\nveryslowHTTP\/1\.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP\/1\.1 200 [^]*hints$/,
    );
  });

  it('upgrades after the earlier response', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/api/raw/slow') + TALK);
    await client.until(/very$/);
    finishSlow();
    await client.until(/\r\n\r\nveryslowHTTP\/1\.1 101 [^]*hello$/);
    await client.send('how are you').until(/\[how are you\]$/);
    client.close();
  });

  it('refuses CONNECT after the earlier response', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/api/raw/slow') + CONNECT);
    await client.until(/very$/);
    finishSlow();
    expect(await client.untilClosed()).toMatch(/\r\n\r\nveryslowHTTP\/1\.1 501 [^]*method-not-supported/);
  });

  it.each([
    ['an invalid request line', 'no request\r\n\r\n'],
    ['a malformed head', get('/api/raw/x', 'Content-Length: x\r\n')],
    ['an oversized head', get('/api/raw/x', `X-Large: ${'x'.repeat(20_000)}\r\n`)],
  ])('refuses %s after the earlier response', async (_what, bytes) => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/api/raw/slow') + bytes);
    await client.until(/very$/);
    finishSlow();
    expect(await client.untilClosed()).toMatch(
      /\r\n\r\nveryslowHTTP\/1\.1 (400|431) [^]*(malformed-request|too-large)/,
    );
  });

  it.each([
    ['an upgrade', TALK, /HTTP\/1\.1 101 [^]*hello$/],
    ['CONNECT', CONNECT, /HTTP\/1\.1 501 [^]*method-not-supported/],
  ])('handles %s after two requests to the gateway itself', async (_what, last, response) => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/health') + get('/health/live') + last);
    const received = await client.until(response);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', expect.any(String)]);
    client.close();
  });

  it.each([
    ['a request to the gateway itself', get('/health')],
    ['a request to a service', get('/api/raw/hints')],
    ['an upgrade', TALK],
    ['CONNECT', CONNECT],
  ])('survives a client that has disconnected before %s is handled', async (_what, last) => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/api/raw/slow') + last);
    await client.until(/very$/);
    // In this order the gateway detects the reset when it writes the end of the response.
    finishSlow();
    client.socket.resetAndDestroy();
    const other = await RawClient.open(harness().gatewayPort);
    await other.send(get('/health/live')).until(/^HTTP\/1\.1 200 /);
    other.close();
  });

  it('survives a client that disconnects before its later requests are handled', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(get('/health') + get('/api/raw/slow') + TALK);
    await client.until(/very$/);
    client.socket.resetAndDestroy();
    finishSlow();
    const other = await RawClient.open(harness().gatewayPort);
    await other.send(get('/health/live')).until(/^HTTP\/1\.1 200 /);
    other.close();
  });
});

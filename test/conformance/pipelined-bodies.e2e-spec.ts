import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { waitFor } from '#testing';
import { metricsOf } from './support/gateway-state.js';
import { onEveryKind, SERVICE } from './support/harness.js';
import { responsesIn } from './support/raw-responses.js';
import { RawClient } from './support/raw-client.js';

const LARGE = Buffer.alloc(8 * 1024 * 1024, 'a body that is like itself nowhere; ');
const MEGABYTE = 1024 * 1024;
const COUNT = 12;

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** One megabyte that identifies its response. */
const megabyteOf = (letter: string): Buffer => Buffer.alloc(MEGABYTE, `${letter}${'.'.repeat(250)}`);
const letters = Array.from({ length: COUNT }, (_, i) => String.fromCharCode('a'.charCodeAt(0) + i));

onEveryKind('pipelined requests with large bodies', (harness) => {
  /** Number of requests that the service is processing. */
  let open = 0;
  beforeEach(() => {
    harness().service.handler = (request, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
      request.on('error', () => undefined);
      const [, path = ''] = /^\/(.*)$/.exec(request.url ?? '') ?? [];
      if (path === 'refuse') response.writeHead(413).end('too large');
      else if (path === 'hash') {
        const sum = createHash('sha256');
        request.on('data', (chunk: Buffer) => sum.update(chunk));
        request.on('end', () => response.end(sum.digest('hex')));
      } else response.end(megabyteOf(path));
    };
  });

  const get = (path: string): string => `GET /api/${SERVICE}/${path} HTTP/1.1\r\nHost: gw\r\n\r\n`;
  const post = (path: string, framing: string): string =>
    `POST /api/${SERVICE}/${path} HTTP/1.1\r\nHost: gw\r\n${framing}\r\n\r\n`;
  const inFlight = async (): Promise<number> => (await metricsOf(harness())).services[0]?.inFlight ?? 0;
  const untilQuiet = async (): Promise<void> => {
    await waitFor('all requests at the service to end', () => open === 0);
    await waitFor('no requests in flight', async () => (await inFlight()) === 0);
  };
  const bodiesOf = (client: RawClient): [number, string][] =>
    responsesIn(client.received)!.map(({ status, body }) => [status, body]);

  const FRAMED: readonly [string, string, Buffer][] = [
    ['a length', `Content-Length: ${LARGE.length}`, LARGE],
    [
      'chunks',
      'Transfer-Encoding: chunked',
      Buffer.concat([Buffer.from(`${LARGE.length.toString(16)}\r\n`), LARGE, Buffer.from('\r\n0\r\n\r\n')]),
    ],
  ];

  it.each(FRAMED)('get responses in order after a large upload with %s', async (_what, framing, body) => {
    const client = await RawClient.open(harness().gatewayPort);
    client
      .send(post('hash', framing))
      .send(body)
      .send(get('a') + get('b'));
    await waitFor('three responses', () => responsesIn(client.received)?.length === 3);
    expect(bodiesOf(client)).toEqual([
      [200, hash(LARGE)],
      [200, megabyteOf('a').toString()],
      [200, megabyteOf('b').toString()],
    ]);
    client.close();
    await untilQuiet();
  });

  it.each(FRAMED)(
    'get responses after an upload with %s that was refused early',
    async (_what, framing, body) => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(post('refuse', framing)).send(body).send(get('a'));
      await waitFor('both responses', () => responsesIn(client.received)?.length === 2);
      expect(bodiesOf(client)).toEqual([
        [413, 'too large'],
        [200, megabyteOf('a').toString()],
      ]);
      client.close();
      await untilQuiet();
    },
  );

  it('get all large responses complete and in order when the client reads slowly', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(letters.map(get).join(''));
    // Alternates between pausing and reading, so that all buffers in between fill up.
    for (let isDone = false; !isDone;) {
      client.socket.pause();
      for (let i = 0; i < 20; i += 1) await turn();
      client.socket.resume();
      await turn();
      isDone = client.socket.bytesRead > COUNT * MEGABYTE && responsesIn(client.received)?.length === COUNT;
    }
    expect(
      bodiesOf(client).map(([status, body], i) => [status, body === megabyteOf(letters[i]!).toString()]),
    ).toEqual(letters.map(() => [200, true]));
    client.close();
    await untilQuiet();
  }, 60_000);

  it('leave no state behind when the client disconnects in the middle of the first response', async () => {
    const client = await RawClient.open(harness().gatewayPort);
    client.send(letters.map(get).join(''));
    await client.until(/a\.\.\./);
    client.socket.pause();
    client.socket.resetAndDestroy();
    await untilQuiet();
  });
});

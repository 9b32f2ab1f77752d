import { buffer } from 'node:stream/consumers';
import { waitFor } from '#testing';
import { onEveryKind, onEveryPlane, SERVICE } from './support/harness.js';
import { drip } from './support/drip.js';
import { responsesIn } from './support/raw-responses.js';
import { RawClient } from './support/raw-client.js';
import { RawUpstream, type RawConnection } from './support/raw-upstream.js';

const post = (path: string, framing: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: gw\r\n${framing}\r\n\r\n`;
const CHUNKS = '5;a=1;b="x;y"\r\nhello\r\n00A\r\n, slow one\r\n0\r\nx-sum: 7\r\nX-Forwarded-For: me\r\n\r\n';
const BODY = 'hello, slow one';

onEveryKind('requests whose every byte is a separate packet', (harness) => {
  it.each([
    ['a length', `Content-Length: ${BODY.length}`, BODY, undefined],
    ['chunks, extensions and trailers', 'Transfer-Encoding: chunked', CHUNKS, '7'],
  ])(
    'arrive complete with %s, and the connection accepts the next request',
    async (_what, framing, body, sum) => {
      const seen: unknown[] = [];
      harness().service.handler = (request, response) =>
        void buffer(request).then((bytes) => {
          seen.push(bytes.toString(), request.trailers['x-sum'], request.trailers['x-forwarded-for']);
          response.end(`took ${bytes.length}`);
        });
      const client = await RawClient.open(harness().gatewayPort);
      const request = post(`/api/${SERVICE}/x`, framing) + body;
      await drip(client.socket, request);
      await client.until(/took 15/);
      await drip(client.socket, request);
      await waitFor('both responses', () => responsesIn(client.received)?.length === 2);
      expect(responsesIn(client.received)!.map(({ status, body: text }) => [status, text])).toEqual([
        [200, 'took 15'],
        [200, 'took 15'],
      ]);
      expect(seen).toEqual([BODY, sum, undefined, BODY, sum, undefined]);
      client.close();
    },
  );
});

onEveryPlane('responses whose every byte is a separate packet', (harness) => {
  let upstream: RawUpstream;
  beforeEach(async () => {
    upstream = await RawUpstream.start();
    await harness().register('slow', upstream.url);
  });
  afterEach(() => upstream.close());

  const isWhole = ({ received }: RawConnection): boolean => received.endsWith(BODY);

  it.each([
    ['a length', `Content-Length: ${BODY.length}\r\n\r\n${BODY}`, ''],
    ['chunks, extensions and trailers', `Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`, 'x-sum: 7\r\n'],
  ])(
    'arrive complete with %s after early hints, for requests sent the same way',
    async (_what, rest, trailers) => {
      upstream.onChunk = (connection) => {
        if (!isWhole(connection)) return;
        connection.received = '';
        const hints = 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n';
        void drip(connection.socket, `${hints}HTTP/1.1 200 OK\r\n${rest}`);
      };
      const client = await RawClient.open(harness().gatewayPort);
      for (const count of [1, 2]) {
        await drip(client.socket, post('/api/slow/x', `Content-Length: ${BODY.length}`) + BODY);
        await waitFor('the responses', () => responsesIn(client.received)?.length === 2 * count);
      }
      const responses = responsesIn(client.received)!;
      expect(responses.map(({ status, body }) => [status, body])).toEqual([
        [103, ''],
        [200, BODY],
        [103, ''],
        [200, BODY],
      ]);
      expect(responses[1]!.trailers).toBe(trailers);
      // Both exchanges used one connection, which was still in sync after the first.
      expect(upstream.connections).toHaveLength(1);
      client.close();
    },
  );
});

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { waitFor } from '#testing';
import { instanceOf, localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const PLANES = ['wire', 'node'] as const;
const GOOD = 'GET /api/users/first HTTP/1.1\r\nHost: a\r\n\r\n';
const head = (...fields: string[]): string =>
  ['POST /api/users HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n');
const chunks = (body: string): string => head('Transfer-Encoding: chunked') + body;

const HOSTILE: readonly (readonly [what: string, request: string])[] = [
  ['a bare LF after the request line', 'GET /api/users HTTP/1.1\nHost: a\r\n\r\n'],
  ['a bare LF after a field', 'GET /api/users HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n'],
  ['a bare CR', head('X: a\rb')],
  ['a NUL', head('X: a\0b')],
  ['an obsolete folded line', head('X: a', ' b')],
  ['a space before a colon', head('X : a')],
  ['a field without a name', head(': a')],
  ['a tab before a length', head('Content-Length:\t0')],
  ['a length twice', head('Content-Length: 1', 'Content-Length: 1') + 'x'],
  ['a list of lengths', head('Content-Length: 1, 1') + 'x'],
  ['a length with a sign', head('Content-Length: +1') + 'x'],
  ['a length and chunks', head('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['a coding other than chunked', head('Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
  ['chunks of HTTP/1.0', 'POST /api/users HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['no Host', 'GET /api/users HTTP/1.1\r\n\r\n'],
  ['two Hosts', head('Host: b')],
  ['an invalid Host', 'GET /api/users HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['invalid options of Connection', head('Connection: a b')],
  ['an unknown expectation', head('Expect: 200-ok')],
  ['two spaces in the request line', 'GET  /api/users HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a tab in the request line', 'GET\t/api/users HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['two empty lines first', '\r\n\r\nGET /api/users HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a bare LF first', '\nGET /api/users HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an unknown method', 'FOO /api/users HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['HTTP/2', 'GET /api/users HTTP/2.0\r\nHost: a\r\n\r\n'],
  ['too many fields', head(...Array.from({ length: 101 }, (_, i) => `x-${i}: 1`))],
  ['a head that is too large', head(`X: ${'x'.repeat(17_000)}`)],
  ['a space after a chunk size', chunks('5 \r\nhello\r\n0\r\n\r\n')],
  ['a bare LF after a chunk size', chunks('5\nhello\r\n0\r\n\r\n')],
  ['a bare LF after a chunk', chunks('5\r\nhello\n0\r\n\r\n')],
  ['a chunk size that is not a number', chunks('0x5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size of many digits', chunks(`${'0'.repeat(20)}5\r\nhello\r\n0\r\n\r\n`)],
  ['a chunk larger than the maximum', chunks('ffffffffffffffff\r\nhello')],
  ['a space before a chunk extension', chunks('5 ;a\r\nhello\r\n0\r\n\r\n')],
  ['a chunk extension without a name', chunks('5;\r\nhello\r\n0\r\n\r\n')],
  ['a bare LF in a chunk extension', chunks('5;a\nb\r\nhello\r\n0\r\n\r\n')],
  ['a long chunk extension', chunks(`5;${'a'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`)],
  ['a length in the trailers', chunks('0\r\nContent-Length: 5\r\n\r\n')],
  ['an invalid trailer', chunks('0\r\nX : 1\r\n\r\n')],
  ['trailers that are too large', chunks(`0\r\nX: ${'y'.repeat(9_000)}\r\n\r\n`)],
];

/**
 * Text without what differs from request to request. The detail and the path depend on how much of the request had
 * arrived when its fault was seen.
 */
const masked = (text: string): string =>
  text
    .replace(/^date: .*$/gim, 'date: now')
    .replace(/^content-length: .*$/gim, 'content-length: n')
    .replace(/"detail":"[^"]*","instance":"[^"]*"/, '"detail":"","instance":""')
    .replace(/[\da-f]{8}-[\da-f-]{27}/g, 'id');

describe('A later request on a connection', () => {
  const services: Server[] = [];
  const harnesses: ProxyHarness[] = [];
  let served: string[] = [];

  const serve: RequestListener = (request, response) => {
    served.push(request.url ?? '');
    request.resume().on('end', () => response.end('served'));
  };

  async function start(plane: 'wire' | 'node', isLocal: boolean): Promise<ProxyHarness> {
    const harness = await ProxyHarness.start({}, plane);
    harnesses.push(harness);
    const service = createServer(serve).listen(0, '127.0.0.1');
    services.push(service);
    await once(service, 'listening');
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances(isLocal ? localInstanceOf('a', serve) : instanceOf({ id: 'a', url }));
    return harness;
  }

  /** Sends a good request and then `bytes`, in one piece or byte by byte; returns all that follows the first response. */
  async function exchange({ port }: ProxyHarness, bytes: string, isSlow = false): Promise<string> {
    served = [];
    let received = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('latin1');
    socket.on('data', (text: string) => (received += text)).on('error', () => undefined);
    socket.write(GOOD);
    await waitFor('the first response', () => received.endsWith('served'));
    const before = received.length;
    for (const part of isSlow ? bytes : [bytes]) {
      socket.write(part, 'latin1');
      if (isSlow) await new Promise(setImmediate);
    }
    await waitFor('the refusal', () => socket.readableEnded || socket.destroyed);
    socket.destroy();
    return masked(received.slice(before));
  }

  let wire: ProxyHarness;
  beforeAll(async () => void (wire = await start('wire', false)));
  afterAll(async () => {
    for (const service of services) service.close().closeAllConnections();
    await Promise.all(harnesses.map((harness) => harness.close()));
  });

  describe.each(PLANES)('to a local instance (%s)', (plane) => {
    let local: ProxyHarness;
    beforeAll(async () => void (local = await start(plane, true)));

    it.each(HOSTILE)('with %s is refused as on the wire', async (_what, request) => {
      for (const isSlow of request.length < 500 ? [false, true] : [false]) {
        const expected = await exchange(wire, request, isSlow);
        expect(expected).toMatch(/^HTTP\/1\.1 (?:400|417|431|501) /);
        expect(await exchange(local, request, isSlow)).toBe(expected);
        expect(served.filter((url) => url === '/first')).toHaveLength(1);
        // The body of a request may be at fault, but nothing after the request is served.
        expect(served.length).toBeLessThanOrEqual(2);
      }
    });
  });
});

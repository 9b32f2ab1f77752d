import { once } from 'node:events';
import {
  SERVICE,
  startServiceHarness,
  startGatewayHarness,
  type ServiceHarness,
  type GatewayHarness,
} from './support/harness.js';
import { PLANES, type Plane } from './support/kinds.js';
import { RawClient } from './support/raw-client.js';
import { RawUpstream } from './support/raw-upstream.js';

const get = (...fields: string[]): string =>
  ['GET /api/raw/x HTTP/1.1', 'Host: gw', ...fields, '', ''].join('\r\n');
const post = (...fields: string[]): string =>
  ['POST /api/raw/x HTTP/1.1', 'Host: gw', ...fields, '', ''].join('\r\n');
const CHUNKED = post('Transfer-Encoding: chunked');
const OK = 'HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 2\r\n\r\nok';

/** Bytes without what differs from request to request. */
const masked = (bytes: string): string =>
  bytes.replace(/^date: (?!then).*$/gim, 'date: now').replace(/[\da-f]{8}-[\da-f-]{27}/g, 'id');

/** A gateway of one data plane with an instance that sends raw bytes. */
class Side {
  private constructor(
    private readonly harness: GatewayHarness,
    private readonly upstream: RawUpstream,
  ) {}

  static async start(plane: Plane): Promise<Side> {
    const [harness, upstream] = await Promise.all([startGatewayHarness(plane), RawUpstream.start()]);
    await harness.register('raw', upstream.url);
    return new Side(harness, upstream);
  }

  /** Sends `parts` one by one and closes; returns what the client and the instance received. */
  async exchange(
    parts: readonly string[],
    response: string,
    repliesEarly = false,
  ): Promise<[string, string]> {
    this.upstream.clear();
    this.upstream.onChunk = (connection) => {
      const end =
        repliesEarly || !/^transfer-encoding/m.test(connection.received) ? /\r\n\r\n/ : /\r\n0\r\n\r\n$/;
      if (end.test(connection.received)) connection.send(response);
    };
    const client = await RawClient.open(this.harness.gatewayPort);
    for (const part of parts) {
      client.send(part);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    client.socket.end();
    if (!client.socket.closed) await once(client.socket, 'close');
    const received = this.upstream.received.replaceAll(this.upstream.url.slice('http://'.length), 'instance');
    return [masked(client.received), masked(received)];
  }

  async close(): Promise<void> {
    await this.harness.close();
    this.upstream.close();
  }
}

describe('the wire and the node data plane', () => {
  let sides: Side[] = [];
  beforeAll(async () => void (sides = await Promise.all(PLANES.map((plane) => Side.start(plane)))));
  afterAll(() => Promise.all(sides.map((side) => side.close())));

  const bothSend = async (
    parts: readonly string[],
    response = OK,
    repliesEarly = false,
  ): Promise<[string, string]> => {
    const [wire, node] = (await Promise.all(
      sides.map((side) => side.exchange(parts, response, repliesEarly)),
    )) as [[string, string], [string, string]];
    expect(node).toEqual(wire);
    return wire;
  };

  it.each([
    ['a plain request', get()],
    ['HTTP/1.0', 'GET /api/raw/x HTTP/1.0\r\n\r\n'],
    ['persistent HTTP/1.0', 'GET /api/raw/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'],
    ['an absolute target', 'GET http://gw:1/api/raw/x HTTP/1.1\r\nHost: other\r\n\r\n'],
    ['fields of any case, repeated', get('X-B: 1', 'x-a: 2', 'X-B: 3', 'Accept: */*')],
    [
      'connection-specific fields',
      get('Connection: x-a, close', 'X-A: 1', 'Keep-Alive: 3', 'Proxy-Authenticate: x'),
    ],
    [
      'forwarding fields of a client',
      get('X-Forwarded-For: 1.1.1.1', 'X_Forwarded_Proto: x', 'Forwarded: for=x'),
    ],
    ['trailers', get('TE: trailers, gzip')],
    ['a length with zeros', post('Content-Length: 000')],
  ])('forward %s alike', async (_what, request) => {
    const [, received] = await bothSend([request]);
    expect(received).toMatch(/^(?:GET|POST) \/x HTTP\/1\.1\r\nhost: instance\r\n/);
  });

  it.each([
    ['no date', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['no reason', 'HTTP/1.1 299\r\nContent-Length: 0\r\n\r\n'],
    [
      'connection-specific fields',
      'HTTP/1.1 200 OK\r\nTE: x\r\nProxy: x\r\nContent-Length: 0\r\nConnection: x-a\r\nX-A: 1\r\n\r\n',
    ],
    [
      'trailers that are announced but not sent',
      'HTTP/1.1 200 OK\r\nTrailer: x-t\r\nContent-Length: 2\r\n\r\nok',
    ],
    [
      'trailers',
      'HTTP/1.1 200 OK\r\nTrailer: x-t\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-t: 1\r\n\r\n',
    ],
    ['a 204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'],
    ['a 304 with chunks', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a 426', 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n'],
    ['early hints', `HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${OK}`],
    ['an invalid head', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
  ])('return %s alike', async (_what, response) => {
    for (const method of ['GET', 'HEAD'])
      for (const version of ['1.1', '1.0'])
        for (const connection of ['close', 'keep-alive']) {
          const head = `${method} /api/raw/x HTTP/${version}\r\nHost: gw\r\nConnection: ${connection}\r\n\r\n`;
          if (method === 'GET' || !response.includes('\r\n\r\n2\r\n'))
            await bothSend([head], method === 'HEAD' ? headOf(response) : response);
        }
  });

  it.each([
    ['a length twice', [post('Content-Length: 1', 'Content-Length: 1')]],
    ['a length and chunks', [post('Content-Length: 1', 'Transfer-Encoding: chunked')]],
    ['an invalid Host', ['GET /api/raw HTTP/1.1\r\nHost: a/b\r\n\r\n']],
    ['a tab before a length', [post('Content-Length:\t0')]],
    ['an invalid field', [get('X : y')]],
    ['an invalid request line', ['GET  /api/raw HTTP/1.1\r\nHost: gw\r\n\r\n']],
    ['an invalid head for a page', ['GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n']],
    ['an unknown expectation', [get('Expect: 200-ok')]],
    ['CONNECT', ['CONNECT gw:80 HTTP/1.1\r\nHost: gw\r\n\r\n']],
    ['too many fields', [get(...Array.from({ length: 101 }, (_, i) => `x-${i}: 1`))]],
    ['a head that is too large', [get(`X: ${'x'.repeat(17_000)}`)]],
    ['a second request', [get() + 'GET  / HTTP/1.1\r\n\r\n']],
    ['an invalid chunk', [`${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`]],
    ['an invalid chunk that follows the head', [CHUNKED, '5 \r\nhello\r\n0\r\n\r\n']],
    ['trailers that are too large', [CHUNKED, `1\r\na\r\n0\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`]],
    ['an unknown service', ['GET /api/none HTTP/1.1\r\nHost: gw\r\n\r\n']],
  ])('refuse %s alike', async (_what, parts) => {
    const [response] = await bothSend(parts);
    expect(response).toMatch(/HTTP\/1\.1 [45]\d\d [^]*"detail":/);
  });

  it.each([
    ['an invalid chunk', '5 \r\nhello\r\n0\r\n\r\n'],
    ['trailers that are too large', `1\r\na\r\n0\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`],
  ])('send nothing after a response that comes before %s', async (_what, body) => {
    const [response] = await bothSend([CHUNKED, body], OK, true);
    expect(response).toMatch(/\r\n\r\nok$/);
  });
});

const headOf = (response: string): string => response.slice(0, response.lastIndexOf('\r\n\r\n') + 4);

describe.each(PLANES)('a connection that has served a page (%s)', (plane) => {
  let harness: GatewayHarness;
  beforeAll(async () => void (harness = await startGatewayHarness(plane)));
  afterAll(() => harness.close());

  it('refuses the same requests as a new one', async () => {
    const page = 'GET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n';
    const client = (await RawClient.open(harness.gatewayPort)).send(page + page);
    await client.until(/\}[^]*\}$/);
    const before = client.received.length;
    client.send('\r\n\r\nGET /health/live HTTP/1.1\r\nHost: gw\r\n\r\n');
    expect((await client.untilClosed()).slice(before)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a connection that has served a local instance', () => {
  let harness: ServiceHarness;
  beforeAll(async () => void (harness = await startServiceHarness('local')));
  afterAll(() => harness.close());

  it.each([
    [
      'an invalid Host',
      'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
      'Host must be a host name or address with an optional port',
    ],
    [
      'options of Connection that are no tokens',
      'GET / HTTP/1.1\r\nHost: gw\r\nConnection: a b\r\n\r\n',
      'Connection must be a list of tokens',
    ],
  ])('refuses %s', async (_what, request, detail) => {
    harness.service.handler = (_request, response) => void response.end('local');
    const client = await RawClient.open(harness.gatewayPort);
    await client.send(`GET /api/${SERVICE} HTTP/1.1\r\nHost: gw\r\n\r\n`).until(/local/);
    const before = client.received.length;
    const response = (await client.send(request).untilClosed()).slice(before);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain(detail);
  });
});

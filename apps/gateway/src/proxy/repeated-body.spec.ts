import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { waitFor } from '#testing';
import { DEFAULT_POLICY, type Policy } from '../policy/policy.js';
import { instanceOf } from './testing/instances.js';
import { ProxyHarness } from './testing/proxy-harness.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** Round robin, so that the order of instances is predictable; the backoff is long enough to act during it. */
const IN_TURN: Policy = {
  ...DEFAULT_POLICY,
  balancing: { ...DEFAULT_POLICY.balancing, kind: 'round-robin' },
  retries: { ...DEFAULT_POLICY.retries, backoffMs: 250 },
};

const withBody = (bodyBytes: number): Policy => ({
  ...IN_TURN,
  retries: { ...IN_TURN.retries, bodyBytes },
});

/** Reads the whole request and responds with its body. */
const echoes: Serve = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(Buffer.concat(chunks)));
};

describe.each(['wire', 'node'] as const)('A request with a body (%s)', (kind) => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const serve = async (id: string, handler: Serve) => {
    const server = createServer(handler).listen(0, '127.0.0.1');
    closers.push(() => (server.closeAllConnections(), server.close()));
    await once(server, 'listening');
    return instanceOf({ id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };

  /** A client of a gateway with two instances, of which `first` gets the first attempt. */
  async function client(first: Serve, second: Serve, policy = IN_TURN) {
    const harness = await ProxyHarness.start({}, kind, policy);
    closers.push(() => harness.close());
    harness.setInstances(await serve('a', first), await serve('b', second));
    const socket = connect(harness.port, '127.0.0.1');
    closers.push(() => socket.destroy());
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    const closed = once(socket, 'close');
    const response = async (): Promise<string> => {
      await closed;
      return text;
    };
    return { harness, socket, response };
  }

  const head = (method: string, framing: string): string =>
    `${method} /api/users/1 HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n${framing}\r\n\r\n`;

  /** Responds with 503 as soon as the request head arrives, and resolves `refused`. */
  const refusing = () => {
    let reportRefused = (): void => undefined;
    const refused = new Promise<void>((resolve) => (reportRefused = resolve));
    const handler: Serve = (request, response) => {
      request.resume();
      response.writeHead(503).end();
      response.on('finish', reportRefused);
    };
    return { handler, refused };
  };

  const sendLate = async (socket: Socket, refused: Promise<void>, rest: string): Promise<void> => {
    await refused;
    socket.write(rest);
  };

  it('loses no part of it that arrives during the backoff', async () => {
    const { handler: refuse, refused } = refusing();
    const { socket, response } = await client(refuse, echoes);
    socket.write(head('PUT', 'Content-Length: 10') + 'first');
    await sendLate(socket, refused, '-then');
    expect(await response()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nfirst-then$/);
  });

  it('loses no chunk during the backoff', async () => {
    const { handler: refuse, refused } = refusing();
    const { socket, response } = await client(refuse, echoes);
    socket.write(`${head('PUT', 'Transfer-Encoding: chunked')}5\r\nfirst\r\n`);
    await sendLate(socket, refused, '5\r\n-then\r\n0\r\n\r\n');
    expect(await response()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nfirst-then$/);
  });

  it('that turns out to be empty is repeated in full', async () => {
    const refuseAtEnd: Serve = (request, response) =>
      request.resume().on('end', () => response.writeHead(503).end());
    const { socket, response } = await client(refuseAtEnd, echoes);
    socket.write(`${head('PUT', 'Transfer-Encoding: chunked')}0\r\n\r\n`);
    expect(await response()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  });

  it.each([
    ['a Content-Length', 'Content-Length: 11', ['first', '-then!']],
    ['chunks', 'Transfer-Encoding: chunked', ['5\r\nfirst\r\n', '6\r\n-then!\r\n0\r\n\r\n']],
  ])('framed by %s is stored, and sent to another instance if the first one fails', async (...of) => {
    const [, framing, [first = '', then = '']] = of;
    const received: string[] = [];
    const breaks: Serve = (request) => {
      request.on('data', (chunk: Buffer) => received.push(chunk.toString()));
      request.on('end', () => request.socket.resetAndDestroy());
    };
    const { harness, socket, response } = await client(breaks, echoes);
    socket.write(head('PUT', framing) + first);
    await waitFor('the start of the body', () => received.join('') === 'first');
    socket.write(then);
    expect(await response()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nfirst-then!$/);
    expect(received.join('')).toBe('first-then!');
    expect(harness.traffic.service('users').retries).toBe(1);
  });

  it('of many large pieces is repeated unchanged', async () => {
    const breaks: Serve = (request) => {
      request.resume().on('end', () => request.socket.resetAndDestroy());
    };
    const body = randomBytes(1024 * 1024);
    const { socket, response } = await client(breaks, echoes, withBody(body.length));
    socket.write(head('PUT', `Content-Length: ${body.length}`));
    socket.write(body);
    const text = await response();
    expect(text.slice(0, 12)).toBe('HTTP/1.1 200');
    expect(Buffer.from(text.slice(-body.length), 'latin1').equals(body)).toBe(true);
  });

  it.each([
    ['exceeds the limit of stored bytes', 'PUT', withBody(4)],
    ['belongs to a request that is not idempotent', 'POST', IN_TURN],
    ['belongs to a route that stores no bodies', 'PUT', withBody(0)],
  ])('is not repeated when its body %s', async (_why, method, policy) => {
    const received: string[] = [];
    const breaks: Serve = (request) => {
      request.on('data', (chunk: Buffer) => received.push(chunk.toString()));
      request.on('end', () => request.socket.resetAndDestroy());
    };
    const { socket, response } = await client(breaks, echoes, policy);
    socket.write(head(method, 'Content-Length: 11'));
    // The upstream connection is established, so data sent now is forwarded.
    await waitFor('the gateway to accept the bytes', () => socket.bytesWritten > 0);
    socket.write('first');
    await waitFor('the start of the body', () => received.join('') === 'first');
    socket.write('-then!');
    expect(await response()).toMatch(/^HTTP\/1\.1 502 /);
    expect(received.join('')).toBe('first-then!');
  });
});

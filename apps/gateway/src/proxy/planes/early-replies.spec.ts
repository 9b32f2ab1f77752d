import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '#testing';
import { localInstanceOf } from '../testing/instances.js';
import { ProxyHarness } from '../testing/proxy-harness.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');
const PIECES = 32;

describe.each(['wire', 'node'] as const)('A reply before the body has arrived (%s)', (plane) => {
  let harness: ProxyHarness;
  let served: string[] = [];

  beforeEach(async () => {
    served = [];
    harness = await ProxyHarness.start({}, plane);
    harness.isDraining = true;
    harness.setInstances(
      localInstanceOf('a', ({ url = '' }, response) => {
        served.push(url);
        response.writeHead(413).end('too large');
      }),
    );
  });
  afterEach(() => harness.close());

  const head = (path: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${PIECES * PIECE.length}\r\n\r\n`;

  /** Sends a body without reading; returns what arrives when the client reads after that. */
  async function upload(
    path: string,
    then = '',
  ): Promise<{ received: string; error: unknown; socket: Socket }> {
    const socket = connect({ port: harness.port, host: '127.0.0.1', allowHalfOpen: true }).pause();
    const result = { received: '', error: undefined as unknown, socket };
    socket.setEncoding('latin1').on('error', (error) => (result.error = error));
    socket.write(head(path));
    for (let i = 0; i < PIECES && !socket.destroyed; i += 1) {
      socket.write(PIECE);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    socket.write(then);
    socket.on('data', (text: string) => (result.received += text)).resume();
    await waitFor('the end', () => socket.readableEnded || socket.destroyed);
    return result;
  }

  it.each([
    ['of the gateway', '/api/unknown', /^HTTP\/1\.1 404 .*connection: close\r\n.*"requestId":"[^"]+"\}$/s],
    ['of a local instance', '/api/users', /^HTTP\/1\.1 413 .*connection: close\r\n.*too large/s],
  ])('%s reaches a client that sends all of its body before it reads', async (_whose, path, expected) => {
    const { received, error, socket } = await upload(path);
    expect([error, received]).toEqual([undefined, expect.stringMatching(expected)]);
    socket.destroy();
  });

  it('is the last one: a request behind the body is not served', async () => {
    const { received, socket } = await upload(
      '/api/users',
      'GET /api/users/next HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    socket.end();
    await once(socket, 'close');
    expect(served).toEqual(['/']);
  });
});

it.each(['wire', 'node'] as const)(
  'The last request of a connection gets its response, whatever follows it (%s)',
  async (plane) => {
    const harness = await ProxyHarness.start({}, plane);
    harness.setInstances(
      localInstanceOf('a', (_request, response) => void setTimeout(() => response.end('served'), 20)),
    );
    const last = 'GET /api/users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const socket = connect(harness.port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    socket.on('data', (text: string) => (received += text));
    socket.write(`${last}GET /api/users HTTP/1.1\r\nHost: a\r\n\r\n`);
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*served$/);
    await harness.close();
  },
);

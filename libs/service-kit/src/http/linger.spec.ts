import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { waitFor } from '#testing';
import { BODY_LIMIT, useStrictJson } from './body-parser.js';
import { lingerAfterRejections } from './linger.js';

const head = (length: string): string =>
  `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;

let app: FastifyInstance;
let socket: Socket;
let responses: string;

beforeEach(async () => {
  app = fastify({ bodyLimit: BODY_LIMIT });
  useStrictJson(app);
  lingerAfterRejections(app);
  app.post('/', () => ({ ok: true }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  responses = '';
  socket.on('data', (text: string) => (responses += text));
});

afterEach(async () => {
  socket.destroy();
  await app.close();
});

const responded = (count: number): Promise<unknown> =>
  waitFor(`${count} responses`, () => (responses.match(/HTTP\/1\.1 \d+/g) ?? []).length === count);

describe('a body that is rejected before it is read', () => {
  it('can still be sent, and the connection stays open', async () => {
    const size = 2 * BODY_LIMIT;
    socket.write(head(`content-length: ${size}`));
    await responded(1);
    expect(responses).toMatch(/^HTTP\/1\.1 413 /);
    socket.write('x'.repeat(size));
    socket.write(`${head('content-length: 2')}{}`);
    await responded(2);
    expect(responses).toMatch(/HTTP\/1\.1 200 /);
  });

  it('can still be sent by a client that requested a close; the connection closes when the body ends', async () => {
    const size = 2 * BODY_LIMIT;
    socket.write(head(`connection: close\r\ncontent-length: ${size}`));
    await responded(1);
    const closed = once(socket, 'close');
    const reset = jest.fn();
    socket.on('error', reset).write('x'.repeat(size));
    await closed;
    expect(responses).toMatch(/^HTTP\/1\.1 413 /);
    expect(reset).not.toHaveBeenCalled();
  });

  it('can be chunked', async () => {
    const chunk = `${BODY_LIMIT.toString(16)}\r\n${'x'.repeat(BODY_LIMIT)}\r\n`;
    socket.write(head('transfer-encoding: chunked') + chunk + chunk);
    await responded(1);
    expect(responses).toMatch(/^HTTP\/1\.1 413 /);
    socket.write(`${chunk}0\r\n\r\n${head('content-length: 2')}{}`);
    await responded(2);
  });

  it('is read for a limited time', async () => {
    socket.on('error', () => undefined).write(head(`content-length: ${2 * BODY_LIMIT}`));
    await responded(1);
    // Closed by the service: the test neither ends the connection nor sends more data.
    await once(socket, 'close');
  });
});

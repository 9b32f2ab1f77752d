import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SocketWriter } from '../../sockets/socket-writer.js';
import { Framing } from '../../http1/head/response-framing.js';
import { ResponseWriter } from './response-writer.js';

const HEAD = 'HTTP/1.1 200 OK\r\n\r\n';
const LARGE = 32 * 1024;

describe('AnswerWriter', () => {
  let server: Server;
  let reader: Socket;
  let socket: Socket;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    [socket] = (await once(server, 'connection')) as [Socket];
  });
  afterEach(() => {
    reader.destroy();
    socket.destroy();
    server.close();
  });

  /** Fills the send buffers of the connection, so that the next write is queued. */
  const fill = (): number => {
    let filled = 0;
    while (socket.writableLength === 0) {
      socket.write(Buffer.alloc(LARGE, '-'));
      filled += LARGE;
    }
    return filled;
  };

  it.each([
    ['a small part after a head', Framing.AsItComes, HEAD, 200],
    ['the first chunk after a head', Framing.Chunks, HEAD, 16 * 1024],
    ['a large part after a head', Framing.AsItComes, HEAD, LARGE],
    ['a later part', Framing.AsItComes, '', 200],
  ])('keeps a reference to %s only if keeps() announces it', async (_what, framing, head, length) => {
    const writer = new ResponseWriter(new SocketWriter(socket));
    const filled = fill();
    writer.begin(head, framing);
    const bytes = Buffer.alloc(length, 'x');
    const keeps = writer.retains(length);
    expect(writer.retainsBytes).toBe(true);
    writer.write(bytes);
    // Simulates the reuse of the read buffer.
    if (!keeps) bytes.fill('!');
    socket.end();
    let received = '';
    for await (const piece of reader.setEncoding('latin1')) received += piece as string;
    expect(received.slice(filled)).toContain('x'.repeat(length));
    expect(keeps).toBe(length === LARGE || head === '');
  });

  it('holds nothing once the system has taken the bytes', () => {
    const writer = new ResponseWriter(new SocketWriter(socket));
    writer.begin(HEAD, Framing.AsItComes);
    writer.write(Buffer.alloc(LARGE));
    expect(writer.retainsBytes).toBe(false);
  });
});

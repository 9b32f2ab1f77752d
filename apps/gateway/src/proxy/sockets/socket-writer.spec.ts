import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SocketWriter } from './socket-writer.js';

const SIZES = [1, 1024, 1025, 4_000, 16 * 1024, 16 * 1024 + 1];

/** A `_write` that only the stream may call. */
function rejectDirectWrites(socket: Socket): Socket['_write'] {
  const write = socket._write.bind(socket);
  return (chunk, encoding, done) => {
    if (socket.writableLength === 0) throw new Error('written past the stream');
    write(chunk, encoding, done);
  };
}

describe('SocketWriter', () => {
  let server: Server;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Both ends of a connection. */
  const pair = async (): Promise<[Socket, Socket]> => {
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    const [writer] = (await once(server, 'connection')) as [Socket];
    sockets.push(reader, writer);
    return [writer, reader];
  };
  const received = async (writer: Socket, reader: Socket): Promise<Buffer> => {
    writer.end();
    const pieces: Buffer[] = [];
    for await (const piece of reader) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };

  const CASES = SIZES.flatMap((size) => [[size, true] as const, [size, false] as const]);
  it.each(CASES)('writes a head and a body of %d bytes (past the stream: %s)', async (length, mayPass) => {
    const [writer, reader] = await pair();
    const body = Buffer.from(Array.from({ length }, (_, i) => i % 251));
    if (!mayPass) writer._write = rejectDirectWrites(writer);
    new SocketWriter(writer, mayPass).together('head: \xff\r\n', body);
    expect(
      (await received(writer, reader)).equals(Buffer.concat([Buffer.from('head: \xff\r\n', 'latin1'), body])),
    ).toBe(true);
  });

  it('copies a small body, however long the head before it is', async () => {
    const [writer, reader] = await pair();
    const head = 'x'.repeat(4 * 1024 * 1024);
    const lent = Buffer.alloc(2_000, 'y');
    new SocketWriter(writer).together(head, lent);
    expect(writer.writableLength).toBeGreaterThan(0);
    // The next read on any connection overwrites the body.
    lent.fill('n');
    const body = (await received(writer, reader)).subarray(head.length);
    expect(body.equals(Buffer.alloc(2_000, 'y'))).toBe(true);
  });

  it.each(SIZES)('does not overwrite queued bytes with the next write, with %d bytes', async (length) => {
    const [[slow, reader], [other]] = [await pair(), await pair()];
    const [toSlow, toOther] = [new SocketWriter(slow), new SocketWriter(other)];
    const parts: Buffer[] = [];
    const write = (): void => {
      const body = Buffer.alloc(length, 1 + (parts.length % 200));
      const head = `${parts.length}\r\n`;
      toSlow.together(head, body);
      parts.push(Buffer.from(head), body);
    };
    while (slow.writableLength === 0) write();
    for (let i = 0; i < 3; i += 1) write();
    for (let i = 0; i < 3; i += 1) toOther.together('x'.repeat(500), Buffer.alloc(length, 255));
    expect((await received(slow, reader)).equals(Buffer.concat(parts))).toBe(true);
  });
});

import type { Socket } from 'node:net';

/** Up to this size, to copy a body behind its head is cheaper than a second buffer in the system call; */
export const SMALL = 16 * 1024;
/** up to this one, as text. */
const TINY = 1024;
const SMALL_CHUNK = 4 * 1024;
/** Longer than nearly all heads, which the gateway adds to. */
const LONG_HEAD = 32 * 1024;
/** What is shorter does not make a stream ask to wait for `drain`. */
const HIGH_WATER_MARK = 16 * 1024;

/** How a stream tells its implementation that a chunk is bytes already; the types do not know it. */
const BYTES = 'buffer' as BufferEncoding;

/** Where messages are put together; what the system took from it at once, it needs no more. */
let common = Buffer.allocUnsafeSlow(LONG_HEAD + SMALL);

/** The size line of a chunk of `length` bytes, which are not none. */
export const chunkHead = (length: number): string => `${length.toString(16)}\r\n`;

/**
 * Writes to one socket in as few system calls as there can be. What is small, and finds nothing before it, goes past the stream's
 * buffer to the system: `write` of a stream costs several times what it does here, and as a rule there is nothing to buffer.
 */
export class SocketWriter {
  /** The system has not taken all of what went past the stream. */
  private isBehind = false;
  private readonly written = (error?: Error | null): void => {
    this.isBehind = false;
    if (error) this.socket.destroy(error);
  };

  /** Below TLS there is room for one write at a time, and Node aborts at a second one: all of them go through the stream. */
  private readonly isTls: boolean;

  constructor(private readonly socket: Socket) {
    this.isTls = 'encrypted' in socket;
  }

  /** Bytes wait that the system has not taken, in memory that was given to {@link bytes} or {@link together}. */
  get holds(): boolean {
    return this.socket.writableLength > 0;
  }

  text(text: string): boolean {
    if (text.length >= HIGH_WATER_MARK || this.mustQueue) return this.socket.write(text, 'latin1');
    return this.pastStream(text, 'latin1');
  }

  /**
   * Whether to go on sending after a write; `false` asks to wait for `drain`. A read brings more than a socket's high-water mark, so
   * a stream as a rule asks for that; where the system has taken all of it at once, there is nothing to wait for.
   */
  bytes(bytes: Buffer): boolean {
    return this.isTaken(this.socket.write(bytes));
  }

  /** Writes a head and the part of the body that is there in one system call. */
  together(head: string, body: Buffer | undefined): boolean {
    if (!body || body.length === 0) return this.text(head);
    if (body.length <= TINY) return this.text(head + body.toString('latin1'));
    if (body.length <= SMALL) return this.copied(head, body);
    const { socket } = this;
    socket.cork();
    socket.write(head, 'latin1');
    const goesOn = socket.write(body);
    socket.uncork();
    return this.isTaken(goesOn);
  }

  /** Writes `payload` as one chunk (RFC 9112, section 7.1) in one system call. */
  chunk(payload: Buffer): boolean {
    const { socket } = this;
    if (payload.length === 0) return !socket.writableNeedDrain;
    const head = chunkHead(payload.length);
    if (payload.length <= SMALL_CHUNK) return this.text(`${head}${payload.toString('latin1')}\r\n`);
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(payload);
    const goesOn = socket.write('\r\n', 'latin1');
    socket.uncork();
    return this.isTaken(goesOn);
  }

  /** Something waits already, be it for the connection. */
  private get mustQueue(): boolean {
    return this.isTls || this.isBehind || this.socket.connecting || this.socket.writableLength > 0;
  }

  private copied(head: string, body: Buffer): boolean {
    const length = head.length + body.length;
    if (length > common.length || this.mustQueue)
      return this.bytes(putTogether(Buffer.allocUnsafe(length), head, body));
    const message = putTogether(common, head, body).subarray(0, length);
    const goesOn = length < HIGH_WATER_MARK ? this.pastStream(message, BYTES) : this.bytes(message);
    // What has to wait keeps the memory that it is in.
    if (this.isBehind || this.holds) common = Buffer.allocUnsafeSlow(common.length);
    return goesOn;
  }

  /** For what is below the mark, when nothing waits: so there is nothing to ask a wait for. */
  private pastStream(chunk: string | Buffer, encoding: BufferEncoding): boolean {
    this.isBehind = true;
    this.socket._write(chunk, encoding, this.written);
    return true;
  }

  private isTaken(isBelowMark: boolean): boolean {
    return isBelowMark || this.socket.writableLength === 0;
  }
}

function putTogether(message: Buffer, head: string, body: Buffer): Buffer {
  message.write(head, 0, 'latin1');
  body.copy(message, head.length);
  return message;
}

import type { Socket } from 'node:net';
import { BYTES, nodeInternals, writePastStream } from './node-internals.js';

/** Up to this size, copying a body behind its head is cheaper than a second buffer in the system call. Bytes. */
export const SMALL = 16 * 1024;
/** Up to this size, a body is appended to its head as text. Bytes. */
const TINY = 1024;
const SMALL_CHUNK = 4 * 1024;
/** Longer than nearly all heads, including the fields that the gateway adds. */
const LONG_HEAD = 32 * 1024;
/** A shorter write does not make an empty stream wait for `drain`. */
const HIGH_WATER_MARK = 16 * 1024;

/** Shared buffer in which messages are assembled; free for reuse once the system has taken its bytes. */
let common = Buffer.allocUnsafeSlow(LONG_HEAD + SMALL);

/** The size line of a chunk of `length` bytes; `length` must not be 0. */
export const chunkHead = (length: number): string => `${length.toString(16)}\r\n`;

/**
 * Writes to one socket in as few system calls as possible. A small write with nothing queued before it bypasses the
 * stream: a stream's `write` costs several times as much, and usually there is nothing to
 * buffer.
 */
export class SocketWriter {
  /** A write that bypassed the stream has not completed. */
  private isBehind = false;
  private readonly written = (error?: Error | null): void => {
    this.isBehind = false;
    if (error) this.socket.destroy(error);
  };

  /** A TLS socket takes one write at a time; a second one aborts Node. All TLS writes go through the stream. */
  private readonly needsStream: boolean;

  constructor(
    private readonly socket: Socket,
    mayPassStream = nodeInternals().writesPastStream,
  ) {
    this.needsStream = 'encrypted' in socket || !mayPassStream;
  }

  /** Whether bytes wait for the system, in memory that was passed to {@link bytes} or {@link together}. */
  get retainsBytes(): boolean {
    return this.socket.writableLength > 0;
  }

  text(text: string): boolean {
    if (text.length >= HIGH_WATER_MARK || this.mustQueue) return this.socket.write(text, 'latin1');
    return this.pastStream(text, 'latin1');
  }

  /**
   * Writes `bytes`. A large read exceeds the high-water mark of a socket, so the stream's `write` then returns
   * `false` even if the system has taken all of it and there is nothing to wait for.
   * @returns `false` if the caller should wait for `drain`
   */
  bytes(bytes: Buffer): boolean {
    return this.isTaken(this.socket.write(bytes));
  }

  /** Writes a head and the available part of the body in one system call. */
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

  /** Whether the write must go through the stream: not yet connected, bytes are queued, or see {@link needsStream}. */
  private get mustQueue(): boolean {
    return this.needsStream || this.isBehind || this.socket.connecting || this.socket.writableLength > 0;
  }

  private copied(head: string, body: Buffer): boolean {
    const length = head.length + body.length;
    if (length > common.length || this.mustQueue)
      return this.bytes(putTogether(Buffer.allocUnsafe(length), head, body));
    const message = putTogether(common, head, body).subarray(0, length);
    const goesOn = length < HIGH_WATER_MARK ? this.pastStream(message, BYTES) : this.bytes(message);
    // Queued bytes keep this memory; the next message gets a new buffer.
    if (this.isBehind || this.retainsBytes) common = Buffer.allocUnsafeSlow(common.length);
    return goesOn;
  }

  /** For writes below the high-water mark with nothing queued: the caller never has to wait. */
  private pastStream(chunk: string | Buffer, encoding: BufferEncoding): boolean {
    this.isBehind = true;
    writePastStream(this.socket, chunk, encoding, this.written);
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

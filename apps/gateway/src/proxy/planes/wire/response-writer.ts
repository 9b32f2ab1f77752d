import { chunkHead, SMALL, type SocketWriter } from '../../sockets/socket-writer.js';

/** How a response body is sent to the client. */
export const enum Framing {
  /** The received bytes unchanged: with a length, in the chunks of the instance, or no body. */
  AsItComes,
  /** Payload in chunks that the gateway adds: the upstream body ends with its connection. */
  Chunks,
  /** Payload only, ended by the close: the client does not support chunks. */
  UntilClose,
}

const LAST_CHUNK = '0\r\n\r\n';

/**
 * Writes responses to one client. A head is held until the first part of its body arrives or the instance pauses,
 * so that a small response is one system call.
 */
export class AnswerWriter {
  private held = '';
  private framing = Framing.AsItComes;

  constructor(private readonly socket: SocketWriter) {}

  begin(head: string, framing: Framing): void {
    this.held = head;
    this.framing = framing;
  }

  /** Returns `false` if the caller should wait for `drain`. */
  write(bytes: Buffer): boolean {
    if (this.framing === Framing.Chunks) return this.writeAsChunk(bytes);
    if (this.held === '') return this.socket.bytes(bytes);
    return this.socket.together(this.take(), bytes);
  }

  /** Whether {@link write} keeps a reference to `count` bytes; it copies a small part behind a held head. */
  keeps(count: number): boolean {
    return this.held === '' || count > SMALL;
  }

  /** Whether bytes wait for the system. */
  get holds(): boolean {
    return this.socket.holds;
  }

  /** Sends the held head without waiting for the body. */
  flush(): void {
    if (this.held !== '') this.socket.text(this.take());
  }

  /** @param tail completes a chunked body that was passed unchanged */
  end(tail: string): void {
    const last =
      this.framing === Framing.Chunks ? LAST_CHUNK : this.framing === Framing.AsItComes ? tail : '';
    const rest = this.take() + last;
    if (rest !== '') this.socket.text(rest);
  }

  private writeAsChunk(bytes: Buffer): boolean {
    if (this.held === '') return this.socket.chunk(bytes);
    const head = this.take() + chunkHead(bytes.length);
    this.socket.together(head, bytes);
    return this.socket.text('\r\n');
  }

  private take(): string {
    const { held } = this;
    this.held = '';
    return held;
  }
}

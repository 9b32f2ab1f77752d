import { chunkHead, SMALL, type SocketWriter } from '../socket-writer.js';

/** How a body goes to the client. */
export const enum Framing {
  /** In the bytes that arrived: with a length, in the instance's own chunks, or not at all. */
  AsItComes,
  /** Payload in chunks of ours: the instance's body ends with its connection. */
  Chunks,
  /** Payload alone: the client knows no chunks. */
  UntilClose,
}

const LAST_CHUNK = '0\r\n\r\n';

/**
 * Writes answers to one client. A head waits for the first part of its body, so that a small answer is one system call; no
 * longer than until the instance pauses.
 */
export class AnswerWriter {
  private held = '';
  private framing = Framing.AsItComes;

  constructor(private readonly socket: SocketWriter) {}

  begin(head: string, framing: Framing): void {
    this.held = head;
    this.framing = framing;
  }

  /** `false` asks to wait for `drain`. */
  write(bytes: Buffer): boolean {
    if (this.framing === Framing.Chunks) return this.writeAsChunk(bytes);
    if (this.held === '') return this.socket.bytes(bytes);
    return this.socket.together(this.take(), bytes);
  }

  /** Whether {@link write} of so many bytes holds on to them: what goes out behind a head is copied when it is small. */
  keeps(count: number): boolean {
    return this.held === '' || count > SMALL;
  }

  /** Bytes wait that the system has not taken. */
  get holds(): boolean {
    return this.socket.holds;
  }

  /** Lets the head go without waiting for more. */
  flush(): void {
    if (this.held !== '') this.socket.text(this.take());
  }

  /** @param tail what completes a body that was passed as it came */
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

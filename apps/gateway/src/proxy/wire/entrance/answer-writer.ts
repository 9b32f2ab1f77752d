import type { Socket } from 'node:net';
import { isTaken } from '../is-taken.js';
import { chunkHead, writeChunk } from '../write-chunk.js';
import { SMALL, writeTogether } from '../write-together.js';

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

  constructor(private readonly socket: Socket) {}

  begin(head: string, framing: Framing): void {
    this.held = head;
    this.framing = framing;
  }

  /** `false` asks to wait for `drain`. */
  write(bytes: Buffer): boolean {
    if (this.framing === Framing.Chunks) return this.writeAsChunk(bytes);
    if (this.held === '') return isTaken(this.socket, this.socket.write(bytes));
    const head = this.take();
    return writeTogether(this.socket, head, bytes);
  }

  /** Whether {@link write} of so many bytes holds on to them: what goes out behind a head is copied when it is small. */
  keeps(count: number): boolean {
    return this.held === '' || count > SMALL;
  }

  /** Bytes wait that the system has not taken. */
  get holds(): boolean {
    return this.socket.writableLength > 0;
  }

  /** Lets the head go without waiting for more. */
  flush(): void {
    if (this.held !== '') this.socket.write(this.take(), 'latin1');
  }

  /** @param tail what completes a body that was passed as it came */
  end(tail: string): void {
    const last =
      this.framing === Framing.Chunks ? LAST_CHUNK : this.framing === Framing.AsItComes ? tail : '';
    const rest = this.take() + last;
    if (rest !== '') this.socket.write(rest, 'latin1');
  }

  private writeAsChunk(bytes: Buffer): boolean {
    if (this.held === '') return writeChunk(this.socket, bytes);
    const head = this.take() + chunkHead(bytes.length);
    writeTogether(this.socket, head, bytes);
    return this.socket.write('\r\n', 'latin1');
  }

  private take(): string {
    const { held } = this;
    this.held = '';
    return held;
  }
}

import { Framing } from '../../http1/head/response-framing.js';
import type { ResponseOutput } from '../exchange/client-side.js';
import { chunkHead, SMALL, type SocketWriter } from '../../sockets/socket-writer.js';

/**
 * Writes responses to one client. A head is held until the first part of its body arrives or the instance pauses,
 * so that a small response is one system call.
 */
export class ResponseWriter implements ResponseOutput {
  private held = '';
  private framing = Framing.AsItComes;

  constructor(private readonly socket: SocketWriter) {}

  begin(head: string, framing: Framing): boolean {
    this.held = head;
    this.framing = framing;
    return framing === Framing.UntilClose;
  }

  write(bytes: Buffer): boolean {
    if (this.framing === Framing.Chunks) return this.writeAsChunk(bytes);
    if (this.held === '') return this.socket.bytes(bytes);
    return this.socket.together(this.takeHead(), bytes);
  }

  /** A small part behind a held head is copied. */
  retains(count: number): boolean {
    return this.held === '' || count > SMALL;
  }

  get retainsBytes(): boolean {
    return this.socket.retainsBytes;
  }

  flush(): void {
    if (this.held !== '') this.socket.text(this.takeHead());
  }

  /**
   * @param tail completes a chunked body that was passed unchanged
   * @param trailers trailer field lines for chunks that the gateway adds
   */
  end(tail: string, trailers = ''): void {
    const rest = this.takeHead() + this.lastPart(tail, trailers);
    if (rest !== '') this.socket.text(rest);
  }

  private lastPart(tail: string, trailers: string): string {
    if (this.framing === Framing.Chunks) return `0\r\n${trailers}\r\n`;
    return this.framing === Framing.AsItComes ? tail : '';
  }

  private writeAsChunk(bytes: Buffer): boolean {
    if (this.held === '') return this.socket.chunk(bytes);
    const head = this.takeHead() + chunkHead(bytes.length);
    this.socket.together(head, bytes);
    return this.socket.text('\r\n');
  }

  private takeHead(): string {
    const { held } = this;
    this.held = '';
    return held;
  }
}

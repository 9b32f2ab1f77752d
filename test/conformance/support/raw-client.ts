import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { waitFor } from '#testing';

/** A client that sends raw bytes and records the bytes that it receives. */
export class RawClient {
  private chunks: Buffer[] = [];
  isClosed = false;

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => (this.isClosed = true));
    socket.on('close', () => (this.isClosed = true));
  }

  /** Everything received so far, one character per byte. */
  get received(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Waits until `pattern` matches what was received, and returns all of it. */
  async until(pattern: RegExp): Promise<string> {
    await waitFor(`${pattern} from the gateway`, () => pattern.test(this.received) || this.failIfClosed());
    return this.received;
  }

  async untilClosed(): Promise<string> {
    await waitFor('the gateway to close', () => this.isClosed);
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }

  private failIfClosed(): false {
    if (this.isClosed) throw new Error(`closed after: ${this.received}`);
    return false;
  }
}

import { pino } from 'pino';
import type { LineWriter } from './access-log.js';

const BATCH_BYTES = 64 * 1024;
const FLUSH_EVERY_MS = 200;

type Destination = ReturnType<typeof pino.destination>;

/**
 * Writes lines of ASCII to a file descriptor in batches, in the background; what is left goes out when it closes. A line is
 * copied into a buffer at once: strings that wait would be joined, measured and encoded once more.
 */
export class BatchWriter implements LineWriter {
  private readonly destination: Destination;
  private readonly timer: NodeJS.Timeout;
  private batch = Buffer.allocUnsafe(BATCH_BYTES);
  private length = 0;

  /** @param fd 1 is standard output */
  constructor(fd: number) {
    const options = { contentMode: 'buffer', sync: false } as const;
    this.destination = pino.destination({ dest: fd, ...options });
    // A reader that went away (EPIPE) must not end the gateway.
    this.destination.on('error', () => undefined);
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    if (line.length > BATCH_BYTES - this.length) this.flush();
    if (line.length > BATCH_BYTES) this.pass(Buffer.from(line, 'latin1'));
    else this.length += this.batch.write(line, this.length, 'latin1');
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
    this.destination.flushSync();
  }

  private flush(): void {
    if (this.length === 0) return;
    this.pass(this.batch.subarray(0, this.length));
    this.batch = Buffer.allocUnsafe(BATCH_BYTES);
    this.length = 0;
  }

  private pass(bytes: Buffer): void {
    // The types know the text mode alone.
    (this.destination.write as (data: unknown) => boolean).call(this.destination, bytes);
  }
}

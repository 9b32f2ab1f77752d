import type { LogOutput } from '#service-kit';
import type { LineWriter } from './access-log.js';

const BATCH_BYTES = 64 * 1024;
const FLUSH_EVERY_MS = 200;

/**
 * Writes ASCII lines in batches. Each line is copied into a buffer at once: buffered strings would have to be joined,
 * measured and encoded again.
 */
export class BatchWriter implements LineWriter {
  private readonly timer: NodeJS.Timeout;
  private batch = Buffer.allocUnsafe(BATCH_BYTES);
  private length = 0;

  constructor(private readonly output: LogOutput) {
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    if (line.length > BATCH_BYTES - this.length) this.flush();
    if (line.length > BATCH_BYTES) this.output.write(Buffer.from(line, 'latin1'));
    else this.length += this.batch.write(line, this.length, 'latin1');
  }

  /** Resolves when the remaining lines are written, or after one second if they are not read. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    await this.output.flush();
  }

  private flush(): void {
    if (this.length === 0) return;
    this.output.write(this.batch.subarray(0, this.length));
    this.batch = Buffer.allocUnsafe(BATCH_BYTES);
    this.length = 0;
  }
}

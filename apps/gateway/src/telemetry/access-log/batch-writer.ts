import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { LineWriter } from './access-log.js';

const BATCH_BYTES = 64 * 1024;
const FLUSH_EVERY_MS = 200;
/** Maximum bytes buffered for a slow reader of the log; further lines are dropped. */
const WAITING_BYTES = 16 * 1024 * 1024;
const LAST_WRITE_MS = 1_000;

type Destination = ReturnType<typeof pino.destination>;

/**
 * Writes ASCII lines to a file descriptor in batches, in the background. Each line is copied into a buffer at once:
 * buffered strings would have to be joined, measured and encoded again. For a reader that stalls or disconnects, 16
 * MiB of lines are buffered and further lines are dropped: a log must not stop the process that it describes.
 */
export class BatchWriter implements LineWriter {
  private readonly destination: Destination;
  private readonly timer: NodeJS.Timeout;
  private batch = Buffer.allocUnsafe(BATCH_BYTES);
  private length = 0;
  private dropped = 0;

  /** @param fd 1 is standard output; others are closed with the writer */
  constructor(fd: number) {
    const options = { contentMode: 'buffer', sync: false, maxLength: WAITING_BYTES } as const;
    this.destination = pino.destination({ dest: fd, ...options });
    // A reader that has disconnected (EPIPE) must not end the gateway.
    this.destination.on('error', () => undefined);
    this.destination.on('drop', (batch: unknown) => void (this.dropped += countLines(batch as Buffer)));
    this.destination.on('drain', () => this.reportDrops());
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    if (line.length > BATCH_BYTES - this.length) this.flush();
    if (line.length > BATCH_BYTES) this.writeBytes(Buffer.from(line, 'latin1'));
    else this.length += this.batch.write(line, this.length, 'latin1');
  }

  /** Resolves when the remaining lines are written, or after one second if they are not read. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    const closed = once(this.destination, 'close').catch(() => undefined);
    this.destination.end();
    await Promise.race([closed, delay(LAST_WRITE_MS, undefined, { ref: false })]);
  }

  private flush(): void {
    if (this.length === 0) return;
    this.writeBytes(this.batch.subarray(0, this.length));
    this.batch = Buffer.allocUnsafe(BATCH_BYTES);
    this.length = 0;
  }

  /** Writes a line that reports dropped lines. */
  private reportDrops(): void {
    if (this.dropped === 0) return;
    const notice = { level: 'warn', time: new Date().toISOString(), droppedLines: this.dropped };
    this.dropped = 0;
    this.writeBytes(
      Buffer.from(`${JSON.stringify({ ...notice, msg: 'Access log output blocked; lines were dropped' })}\n`),
    );
  }

  private writeBytes(bytes: Buffer): void {
    // The types declare the text mode only.
    (this.destination.write as (data: unknown) => boolean).call(this.destination, bytes);
  }
}

const LINE_FEED = 0x0a;
const countLines = (batch: Buffer): number =>
  batch.reduce((sum, byte) => sum + Number(byte === LINE_FEED), 0);

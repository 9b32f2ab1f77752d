import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { LineWriter } from './access-log.js';

const BATCH_BYTES = 64 * 1024;
const FLUSH_EVERY_MS = 200;
/** What may wait for a reader of the log; more is dropped rather than kept. */
const WAITING_BYTES = 16 * 1024 * 1024;
const LAST_WRITE_MS = 1_000;

type Destination = ReturnType<typeof pino.destination>;

/**
 * Writes lines of ASCII to a file descriptor in batches, in the background. A line is copied into a buffer at once: strings
 * that wait would be joined, measured and encoded once more. A reader that stands still or goes away costs 16 MiB of lines, and
 * what comes after these is dropped: a log must not end what it tells of.
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
    // A reader that went away (EPIPE) must not end the gateway.
    this.destination.on('error', () => undefined);
    this.destination.on('drop', (batch: unknown) => void (this.dropped += linesOf(batch as Buffer)));
    this.destination.on('drain', () => this.tellOfDrops());
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    if (line.length > BATCH_BYTES - this.length) this.flush();
    if (line.length > BATCH_BYTES) this.pass(Buffer.from(line, 'latin1'));
    else this.length += this.batch.write(line, this.length, 'latin1');
  }

  /** Resolves when what was left has been written, or after a second in which nobody read it. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    const closed = once(this.destination, 'close').catch(() => undefined);
    this.destination.end();
    await Promise.race([closed, delay(LAST_WRITE_MS, undefined, { ref: false })]);
  }

  private flush(): void {
    if (this.length === 0) return;
    this.pass(this.batch.subarray(0, this.length));
    this.batch = Buffer.allocUnsafe(BATCH_BYTES);
    this.length = 0;
  }

  /** Leaves a line where lines are missing. */
  private tellOfDrops(): void {
    if (this.dropped === 0) return;
    const notice = { level: 'warn', time: new Date().toISOString(), droppedLines: this.dropped };
    this.dropped = 0;
    this.pass(Buffer.from(`${JSON.stringify({ ...notice, msg: 'nobody read the access log' })}\n`));
  }

  private pass(bytes: Buffer): void {
    // The types know the text mode alone.
    (this.destination.write as (data: unknown) => boolean).call(this.destination, bytes);
  }
}

const LINE_FEED = 0x0a;
const linesOf = (batch: Buffer): number => batch.reduce((sum, byte) => sum + Number(byte === LINE_FEED), 0);

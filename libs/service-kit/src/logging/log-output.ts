import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';

/** Maximum bytes buffered for a slow reader; further lines are dropped. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** Maximum wait for the reader when the process ends. */
const LAST_WRITE_MS = 1_000;

/**
 * Writes lines to a file descriptor in the background. Everything that a process writes to one descriptor passes
 * through one of these: two would mix up the order of lines, and their halves if the reader is slow. For a reader that
 * stalls, 16 MiB are buffered and further lines are dropped: a log must not stop the process that it describes.
 */
export class LogOutput {
  private readonly destination: ReturnType<typeof pino.destination>;
  private dropped = 0;

  constructor(descriptor: number) {
    // Every line is longer than `minLength`: it delays none, and without it there is no flush.
    const options = { contentMode: 'buffer', sync: false, minLength: 1, maxLength: WAITING_BYTES } as const;
    this.destination = pino.destination({ dest: descriptor, ...options });
    // A reader that has disconnected (EPIPE) must not end the process.
    this.destination.on('error', () => undefined);
    this.destination.on('drop', (lines: unknown) => void (this.dropped += countLines(lines as Buffer)));
    this.destination.on('drain', () => this.reportDrops());
  }

  /** @param lines whole lines; bytes must not change afterwards */
  write(lines: string | Buffer): void {
    const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines;
    // The types declare the text mode only.
    (this.destination.write as (data: unknown) => boolean).call(this.destination, bytes);
  }

  /** Resolves when everything is written, or after one second if it is not read. */
  async flush(): Promise<void> {
    const flushed = new Promise((resolve) => this.destination.flush(resolve));
    await Promise.race([flushed, sleep(LAST_WRITE_MS, undefined, { ref: false })]);
  }

  /** Writes a line that reports dropped lines. */
  private reportDrops(): void {
    if (this.dropped === 0) return;
    const notice = { level: 'warn', time: new Date().toISOString(), droppedLines: this.dropped };
    this.dropped = 0;
    this.write(`${JSON.stringify({ ...notice, msg: 'Log output blocked; lines were dropped' })}\n`);
  }
}

/** That of this process. */
export const standardOutput = new LogOutput(1);

const LINE_FEED = 0x0a;
const countLines = (bytes: Buffer): number =>
  bytes.reduce((sum, byte) => sum + Number(byte === LINE_FEED), 0);

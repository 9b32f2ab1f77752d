import { pino } from 'pino';
import type { LineWriter } from './access-log.js';

const BATCH_BYTES = 8 * 1024;
const FLUSH_EVERY_MS = 200;

type Destination = ReturnType<typeof pino.destination>;

/** Writes lines to a file descriptor in batches, in the background; what is left goes out when it closes. */
export class BatchWriter implements LineWriter {
  private readonly destination: Destination;
  private readonly timer: NodeJS.Timeout;

  /** @param fd 1 is standard output */
  constructor(fd: number) {
    this.destination = pino.destination({ dest: fd, minLength: BATCH_BYTES, sync: false });
    // A reader that went away (EPIPE) must not end the gateway.
    this.destination.on('error', () => undefined);
    this.timer = setInterval(() => this.destination.flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    this.destination.write(line);
  }

  close(): void {
    clearInterval(this.timer);
    this.destination.flushSync();
  }
}

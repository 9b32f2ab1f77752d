import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

/** The response to a client that reads only on demand. */
export class SlowReader extends EventEmitter {
  /** What was written, by blank lines. */
  readonly blocks: string[] = [];
  isDestroyed = false;
  isEnded = false;
  isReading = true;

  get response(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  /** The names of the events that were written. */
  get events(): string[] {
    return this.blocks.flatMap((block) => /^event: (.*)$/m.exec(block)?.[1] ?? []);
  }

  writeHead(): void {
    // Response heads are tested over a real connection.
  }

  write(text: string): boolean {
    this.blocks.push(...text.split('\n\n').filter((block) => block !== ''));
    return this.isReading;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  readAll(): void {
    this.isReading = true;
    this.emit('drain');
  }
}

import type { ServerResponse } from 'node:http';
import { EVENT_STREAM_FIELDS } from '#service-kit';

/** A reader that has accepted no data for this many updates is disconnected. */
const MOST_MISSED_UPDATES = 60;

/** One update of the state, serialised once for all readers. */
export interface Update {
  readonly number: number;
  /** Event `patch` for readers of the previous update; `undefined` if there is none. */
  readonly patch: Buffer | undefined;
  /** Event `state` for all others; serialised when the first of them needs it. */
  readonly state: () => Buffer;
}

/** One reader of the state. A slow reader is not buffered: it misses updates, and then receives the whole state. */
export class DashboardStream {
  private isBlocked = false;
  private missed = 0;
  /** Number of the last update that was written. */
  private written = -1;

  /** @param headers the fields that every response of the app carries */
  constructor(
    private readonly out: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ) {
    out.on('drain', () => (this.isBlocked = false));
    // The connection broke: `close` follows and releases everything.
    out.on('error', () => undefined);
    out.writeHead(200, { ...headers, ...EVENT_STREAM_FIELDS });
    this.write('retry: 2000\n\n');
  }

  send({ number, patch, state }: Update): void {
    if (this.isBlocked) {
      this.miss();
      return;
    }
    const isNext = this.written === number - 1;
    this.missed = 0;
    this.written = number;
    this.write(isNext && patch ? patch : state());
  }

  end(): void {
    // A blocked reader will not read the rest before the shutdown completes.
    if (this.isBlocked) this.out.destroy();
    else this.out.end();
  }

  private miss(): void {
    this.missed += 1;
    if (this.missed >= MOST_MISSED_UPDATES) this.out.destroy();
  }

  private write(data: string | Buffer): void {
    this.isBlocked = !this.out.write(data);
  }
}

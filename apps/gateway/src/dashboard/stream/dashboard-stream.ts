import type { ServerResponse } from 'node:http';
import { SseResponse } from '#service-kit';

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
  private readonly response: SseResponse;
  /** Number of the last update that was written. */
  private written = -1;

  /** @param headers the fields that every response of the app carries */
  constructor(out: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.response = new SseResponse(out, MOST_MISSED_UPDATES);
    this.response.begin(headers);
    this.response.write('retry: 2000\n\n');
  }

  send({ number, patch, state }: Update): void {
    const { response } = this;
    if (response.isBlocked) {
      response.miss();
      return;
    }
    const isNext = this.written === number - 1;
    this.written = number;
    response.write(isNext && patch ? patch : state());
  }

  end(): void {
    this.response.end();
  }
}

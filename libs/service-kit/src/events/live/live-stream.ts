import type { ServerResponse } from 'node:http';
import type { CloudEvent } from '#contracts';
import { SseResponse } from '../../http/sse-response.js';
import type { OutboxRows } from '../outbox/outbox-rows.js';
import type { Follower, OutboxTail } from './outbox-tail.js';

const BATCH = 100;
/** A reader that has accepted no data for this many keep-alive comments is disconnected. */
const MAX_MISSED_KEEP_ALIVES = 4;

/** What the streams of a service have in common. */
export interface LiveSource {
  readonly tail: Pick<OutboxTail, 'position'>;
  readonly rows: Pick<OutboxRows, 'after' | 'reaches'>;
  /** A reader that is further behind starts anew. */
  readonly maxMissedEvents: number;
  /** The event as it is sent. */
  readonly blockOf: (event: CloudEvent) => string;
  /** After what time a reader connects again. */
  readonly retryMs: () => number;
}

/** Why a reader has to read the present state: events before the stream are not sent. */
type ResetReason = 'start' | 'events-lost';

/**
 * One reader of the events of a service. It stores a position in the outbox, not a queue: a slow reader costs no memory, and
 * what it missed is read from the store when it reads again.
 */
export class LiveStream implements Follower {
  private position = 0;
  /** All events up to the position of the tail are sent; the next ones come from it. */
  private isLive = false;
  private isCatchingUp = false;
  private readonly response: SseResponse;

  /** @param includes whether the reader may see the event, and asked for it */
  constructor(
    out: ServerResponse,
    private readonly source: LiveSource,
    private readonly includes: (event: CloudEvent) => boolean,
  ) {
    this.response = new SseResponse(out, MAX_MISSED_KEEP_ALIVES, () => {
      if (!this.isLive) this.catchUp();
    });
  }

  /**
   * Responds with events. Call it when the tail is followed.
   * @param headers the fields that every response of the app carries
   * @param position the events after it are sent; `undefined`: from now on
   */
  begin(headers: Readonly<Record<string, string>>, position: number | undefined): void {
    this.response.begin(headers);
    this.response.write(`retry: ${this.source.retryMs()}\n\n`);
    if (position === undefined) this.reset('start');
    else this.position = position;
    if (!this.isLive) this.catchUp();
  }

  receive(events: readonly CloudEvent[]): void {
    if (!this.response.isOpen) return;
    if (this.response.isBlocked) this.isLive = false;
    else if (this.isLive) this.send(events);
    else this.catchUp();
  }

  /** Prevents idle time-outs in proxies, tells the reader its position, and disconnects one that reads nothing. */
  sendKeepAlive(): void {
    const { response } = this;
    if (!response.isOpen) return;
    if (response.isBlocked) {
      response.miss();
      return;
    }
    response.write(`: keep-alive\nid: ${this.position}\n\n`);
    if (!this.isLive) this.catchUp();
  }

  end(): void {
    this.response.end();
  }

  private catchUp(): void {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    this.sendMissed()
      // The store is unavailable: the next event or keep-alive comment tries again.
      .catch(() => undefined)
      .finally(() => (this.isCatchingUp = false));
  }

  private async sendMissed(): Promise<void> {
    const { tail, rows, maxMissedEvents } = this.source;
    if (this.position !== tail.position && !(await rows.reaches(this.position, maxMissedEvents)))
      this.reset('events-lost');
    while (this.response.isWritable && this.position < tail.position) {
      const events = await rows.after(this.position, BATCH);
      if (events.length === 0) this.reset('events-lost');
      else this.send(events);
    }
    this.isLive = this.response.isWritable;
  }

  private reset(reason: ResetReason): void {
    this.position = this.source.tail.position;
    this.isLive = true;
    this.response.write(`id: ${this.position}\nevent: reset\ndata: ${JSON.stringify({ reason })}\n\n`);
  }

  private send(events: readonly CloudEvent[]): void {
    let text = '';
    for (const event of events) {
      const sequence = Number(event.sequence);
      if (sequence <= this.position) continue;
      this.position = sequence;
      if (this.includes(event)) text += this.source.blockOf(event);
    }
    if (text !== '') this.response.write(text);
  }
}

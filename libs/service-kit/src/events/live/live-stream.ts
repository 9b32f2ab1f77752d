import type { ServerResponse } from 'node:http';
import type { CloudEvent } from '#contracts';
import { EVENT_STREAM_FIELDS } from '../../http/event-stream-fields.js';
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
  private isBlocked = false;
  /** From the head of the response to its end. */
  private isOpen = false;
  private missedKeepAlives = 0;

  /** @param includes whether the reader may see the event, and asked for it */
  constructor(
    private readonly out: ServerResponse,
    private readonly source: LiveSource,
    private readonly includes: (event: CloudEvent) => boolean,
  ) {}

  /**
   * Responds with events. Call it when the tail is followed.
   * @param headers the fields that every response of the app carries
   * @param position the events after it are sent; `undefined`: from now on
   */
  begin(headers: Readonly<Record<string, string>>, position: number | undefined): void {
    const { out } = this;
    out.on('drain', () => this.unblock());
    out.on('close', () => (this.isOpen = false));
    // The connection broke: `close` follows and releases everything.
    out.on('error', () => undefined);
    out.writeHead(200, { ...headers, ...EVENT_STREAM_FIELDS });
    this.isOpen = true;
    this.write(`retry: ${this.source.retryMs()}\n\n`);
    if (position === undefined) this.reset('start');
    else this.position = position;
    if (!this.isLive) this.catchUp();
  }

  receive(events: readonly CloudEvent[]): void {
    if (!this.isOpen) return;
    if (this.isBlocked) this.isLive = false;
    else if (this.isLive) this.send(events);
    else this.catchUp();
  }

  /** Prevents idle time-outs in proxies, tells the reader its position, and disconnects one that reads nothing. */
  sendKeepAlive(): void {
    if (!this.isOpen) return;
    if (this.isBlocked) {
      this.missedKeepAlives += 1;
      if (this.missedKeepAlives >= MAX_MISSED_KEEP_ALIVES) this.out.destroy();
      return;
    }
    this.write(`: keep-alive\nid: ${this.position}\n\n`);
    if (!this.isLive) this.catchUp();
  }

  end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    // A blocked reader will not read the rest before the shutdown completes.
    if (this.isBlocked) this.out.destroy();
    else this.out.end();
  }

  private unblock(): void {
    this.isBlocked = false;
    this.missedKeepAlives = 0;
    if (!this.isLive) this.catchUp();
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
    while (this.isWriting && this.position < tail.position) {
      const events = await rows.after(this.position, BATCH);
      if (events.length === 0) this.reset('events-lost');
      else this.send(events);
    }
    this.isLive = this.isWriting;
  }

  private get isWriting(): boolean {
    return this.isOpen && !this.isBlocked;
  }

  private reset(reason: ResetReason): void {
    this.position = this.source.tail.position;
    this.isLive = true;
    this.write(`id: ${this.position}\nevent: reset\ndata: ${JSON.stringify({ reason })}\n\n`);
  }

  private send(events: readonly CloudEvent[]): void {
    let text = '';
    for (const event of events) {
      const sequence = Number(event.sequence);
      if (sequence <= this.position) continue;
      this.position = sequence;
      if (this.includes(event)) text += this.source.blockOf(event);
    }
    if (text !== '') this.write(text);
  }

  private write(text: string): void {
    if (this.isOpen) this.isBlocked = !this.out.write(text);
  }
}

import type { ServerResponse } from 'node:http';
import type { DiscoveryEvent } from '#contracts';
import { EVENT_STREAM_FIELDS } from '#service-kit';
import type { EventLog } from './event-log.js';

const BATCH = 100;
/** A reader that has accepted no data for this many keep-alive comments is disconnected. */
const MAX_MISSED_KEEP_ALIVES = 4;

const block = (event: string, id: number, data: object): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const blockOf = (event: DiscoveryEvent): string => block(event.type, event.id, event);

/**
 * One reader of the event log. It stores a position in the log, not a queue: a slow reader costs no memory. A
 * reader whose position the log has discarded receives a `reset` event and should read the registry again.
 */
export class EventStream {
  private isBlocked = false;
  private missedKeepAlives = 0;
  private readonly stopListening: () => void;

  /**
   * Starts after the event with id `position`. `headers` are the fields that every response of the app carries.
   */
  constructor(
    private readonly out: ServerResponse,
    private readonly log: EventLog,
    private position: number,
    headers: Readonly<Record<string, string>>,
  ) {
    this.stopListening = log.listen(() => this.sendEvents());
    out.on('drain', () => this.unblock());
    out.on('close', this.stopListening);
    // The connection broke: `close` follows and releases everything.
    out.on('error', () => undefined);
    out.writeHead(200, { ...headers, ...EVENT_STREAM_FIELDS });
    this.write('retry: 2000\n: one event per change of the registry\n\n');
    this.sendEvents();
  }

  /** Prevents idle time-outs in proxies, and disconnects readers that are gone. */
  sendKeepAlive(): void {
    if (!this.isBlocked) this.write(': keep-alive\n\n');
    else if (++this.missedKeepAlives >= MAX_MISSED_KEEP_ALIVES) this.out.destroy();
  }

  end(): void {
    this.stopListening();
    // A blocked reader will not read the rest before the shutdown completes.
    if (this.isBlocked) this.out.destroy();
    else this.out.end();
  }

  private unblock(): void {
    this.isBlocked = false;
    this.missedKeepAlives = 0;
    this.sendEvents();
  }

  private sendEvents(): void {
    while (!this.isBlocked) {
      if (!this.log.reaches(this.position)) this.reset();
      const events = this.log.after(this.position, BATCH);
      const last = events.at(-1);
      if (!last) return;
      this.position = last.id;
      this.write(events.map(blockOf).join(''));
    }
  }

  private reset(): void {
    const { oldestId, newestId } = this.log;
    this.position = this.position > newestId ? newestId : oldestId - 1;
    const detail = 'missed events are no longer stored; read /discovery/services again';
    this.write(block('reset', this.position, { detail, oldestId, newestId }));
  }

  private write(text: string): void {
    this.isBlocked = !this.out.write(text);
  }
}

import type { ServerResponse } from 'node:http';
import type { DiscoveryEvent } from '#contracts';
import { SseResponse } from '#service-kit';
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
  private readonly response: SseResponse;
  private readonly stopListening: () => void;

  /**
   * Starts after the event with id `position`. `headers` are the fields that every response of the app carries.
   */
  constructor(
    out: ServerResponse,
    private readonly log: EventLog,
    private position: number,
    headers: Readonly<Record<string, string>>,
  ) {
    this.response = new SseResponse(out, MAX_MISSED_KEEP_ALIVES, () => this.sendEvents());
    this.stopListening = log.listen(() => this.sendEvents());
    out.on('close', this.stopListening);
    this.response.begin(headers);
    this.response.write('retry: 2000\n: one event per change of the registry\n\n');
    this.sendEvents();
  }

  /** Prevents idle time-outs in proxies, and disconnects readers that are gone. */
  sendKeepAlive(): void {
    if (this.response.isBlocked) this.response.miss();
    else this.response.write(': keep-alive\n\n');
  }

  end(): void {
    this.stopListening();
    this.response.end();
  }

  private sendEvents(): void {
    while (this.response.isWritable) {
      if (!this.log.reaches(this.position)) this.reset();
      const events = this.log.after(this.position, BATCH);
      const last = events.at(-1);
      if (!last) return;
      this.position = last.id;
      this.response.write(events.map(blockOf).join(''));
    }
  }

  private reset(): void {
    const { oldestId, newestId } = this.log;
    this.position = this.position > newestId ? newestId : oldestId - 1;
    const detail = 'missed events are no longer stored; read /discovery/services again';
    this.response.write(block('reset', this.position, { detail, oldestId, newestId }));
  }
}

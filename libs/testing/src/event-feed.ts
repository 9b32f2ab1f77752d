import { EventSourceParserStream } from 'eventsource-parser/stream';

/** One event of `/discovery/events`. */
export interface FeedEvent {
  readonly id: number;
  readonly type: string;
  readonly instanceId: string;
  readonly status: string;
  readonly reason: string;
}

/** Reads the event stream of a gateway. */
export class EventFeed {
  readonly events: FeedEvent[] = [];
  private readonly leaving = new AbortController();
  private readonly waiting = new Set<() => void>();

  /** @param lastEventId Continues after the event with this id instead of with the next one */
  static async open(gateway: string, lastEventId?: number): Promise<EventFeed> {
    const feed = new EventFeed();
    const response = await fetch(`${gateway}/discovery/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
      },
      signal: feed.leaving.signal,
    });
    void feed.read(response.body!).catch(() => undefined);
    return feed;
  }

  /** Resolves to the first matching event, whether it has arrived already or arrives later. */
  async next(fits: (event: FeedEvent) => boolean): Promise<FeedEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  leave(): void {
    this.leaving.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) {
      this.events.push(JSON.parse(data) as FeedEvent);
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    }
  }
}

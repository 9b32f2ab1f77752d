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
  private readonly closing = new AbortController();
  private readonly waitingReaders = new Set<() => void>();

  /** @param lastEventId Continues after the event with this id instead of with the next one */
  static async open(gateway: string, lastEventId?: number): Promise<EventFeed> {
    const feed = new EventFeed();
    const response = await fetch(`${gateway}/discovery/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
      },
      signal: feed.closing.signal,
    });
    void feed.read(response.body!).catch(() => undefined);
    return feed;
  }

  /** Resolves to the first matching event, whether it has arrived already or arrives later. */
  async next(matches: (event: FeedEvent) => boolean): Promise<FeedEvent> {
    for (;;) {
      const event = this.events.find(matches);
      if (event) return event;
      await new Promise<void>((resolve) => this.waitingReaders.add(resolve));
    }
  }

  close(): void {
    this.closing.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) {
      this.events.push(JSON.parse(data) as FeedEvent);
      for (const resolve of this.waitingReaders) resolve();
      this.waitingReaders.clear();
    }
  }
}

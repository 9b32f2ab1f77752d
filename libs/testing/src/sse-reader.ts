import { once } from 'node:events';
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { waitFor } from './wait-for.js';

/** One server-sent event, its data parsed as JSON. */
export interface SseEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a stream of server-sent events over a connection of its own. */
export class SseReader {
  readonly events: SseEvent[] = [];
  private hasEnded = false;
  /** Calls of {@link next} that wait. */
  private readonly waits = new Set<() => void>();

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        this.events.push({ id, event, data: JSON.parse(data) as SseEvent['data'] });
        for (const resolve of this.waits) resolve();
        this.waits.clear();
      },
    });
    response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
    response.on('close', () => (this.hasEnded = true)).on('error', () => undefined);
  }

  /** Resolves when the head of the response has arrived. */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SseReader> {
    const request = get(url, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    request.on('error', () => undefined);
    return new SseReader(request, response);
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** The id to continue after. */
  get lastId(): string | undefined {
    return this.events.at(-1)?.id;
  }

  /** The names of the events so far. */
  get names(): (string | undefined)[] {
    return this.events.map(({ event }) => event);
  }

  /** Waits until so many events have arrived. */
  async untilCount(count: number): Promise<readonly SseEvent[]> {
    await waitFor(`${count} events`, () => this.events.length >= count);
    return this.events;
  }

  /** Resolves to the first event that matches, without a pause when it arrives. */
  async next(matches: (event: SseEvent) => boolean): Promise<SseEvent> {
    for (;;) {
      const found = this.events.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => this.waits.add(resolve));
    }
  }

  pause(): void {
    this.response.pause();
    this.response.socket.pause();
  }

  resume(): void {
    this.response.socket.resume();
    this.response.resume();
  }

  leave(): void {
    this.request.destroy();
  }
}

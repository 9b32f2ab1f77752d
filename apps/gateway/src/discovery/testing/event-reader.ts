import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createParser } from 'eventsource-parser';

/** One event as read from a stream. */
interface ReadEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads server-sent events from a real connection. */
export class EventReader {
  readonly events: ReadEvent[] = [];
  private hasEnded = false;

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    const parser = createParser({
      onEvent: ({ id, event = '', data }) =>
        this.events.push({ id: Number(id), event, data: JSON.parse(data) as ReadEvent['data'] }),
    });
    response.setEncoding('utf8').on('data', (chunk: string) => parser.feed(chunk));
    response.on('close', () => (this.hasEnded = true)).on('error', () => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const request = get(url, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new EventReader(request, response);
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  leave(): void {
    this.request.destroy();
  }
}

import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** One event as read from a stream. */
export interface ReadEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

function parsed(block: string): ReadEvent {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return {
    id: Number(fields.get('id')),
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
  };
}

/** Reads server-sent events from a real connection. */
export class EventReader {
  private text = '';
  private hasEnded = false;

  private constructor(
    private readonly call: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    answer.on('close', () => (this.hasEnded = true)).on('error', () => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const call = get(url, { headers, agent: false });
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return new EventReader(call, answer);
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  get events(): readonly ReadEvent[] {
    const blocks = this.text.split('\n\n').slice(0, -1);
    return blocks.filter((block) => block.startsWith('id:')).map(parsed);
  }

  leave(): void {
    this.call.destroy();
  }
}

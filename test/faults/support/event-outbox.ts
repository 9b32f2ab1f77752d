import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '#contracts';
import type { EventTransport } from '#service-kit';

const RELAY_EVERY_MS = 50;
const SENT_AT_ONCE = 100;

/** Events of one source in memory, and a relay that sends what the transport has not stored. */
export class EventOutbox {
  readonly events: CloudEvent[] = [];
  private isClosed = false;
  private readonly relaying: Promise<void>;

  constructor(
    private readonly transport: EventTransport,
    private readonly source: string,
    private readonly type: string,
  ) {
    this.relaying = this.relay();
  }

  add(subject: string, type = this.type): void {
    const { source } = this;
    const last = Number(this.events.at(-1)?.sequence ?? 0);
    const sequence = String(Math.max(last + 1, Date.now() * 1000));
    const id = `${source}-${sequence}`;
    const [time, dataschema] = [new Date().toISOString(), 'urn:test:thing'];
    this.events.push({
      ...{ specversion: '1.0', id, source, type, subject, time, sequence },
      ...{ datacontenttype: 'application/json', dataschema, data: {} },
    });
  }

  /** The sequences of each subject, in their order. */
  get bySubject(): Map<string, string[]> {
    return sequencesBySubject(this.events.map(({ subject, sequence }) => [subject, sequence]));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.relaying;
  }

  private async relay(): Promise<void> {
    while (!this.isClosed) {
      await this.sendMissing().catch(() => undefined);
      await sleep(RELAY_EVERY_MS);
    }
  }

  private async sendMissing(): Promise<void> {
    const after = (await this.transport.storedUpTo(this.source))!;
    const missing = this.events.filter(({ sequence }) => Number(sequence) > Number(after));
    await this.transport.send(missing.slice(0, SENT_AT_ONCE), after);
  }
}

/** Sequences in their order of appearance, each once. */
export function sequencesBySubject(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const subjects = new Map<string, Set<string>>();
  for (const [subject, sequence] of pairs)
    subjects.set(subject, (subjects.get(subject) ?? new Set()).add(sequence));
  return new Map([...subjects].map(([subject, sequences]) => [subject, [...sequences]]));
}

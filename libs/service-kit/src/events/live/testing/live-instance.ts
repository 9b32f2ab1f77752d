import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { Kysely } from 'kysely';
import type { CloudEvent, Problem } from '#contracts';
import { TraceContext } from '#registry-client';
import { Outbox } from '../../outbox/outbox.js';
import { OutboxRows } from '../../outbox/outbox-rows.js';
import { LiveStreams, type LiveRequest } from '../live-streams.js';
import { OutboxTail } from '../outbox-tail.js';

/** The service whose events are streamed. */
export const SERVICE = 'note-service';
export const LIMITS = { streams: 4, ofCaller: 2, missedEvents: 20, keepAliveMs: 15_000, maxAgeMs: 900_000 };
/** Of every request. */
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const noteChanged = { type: 'test.note.changed.v1', dataschema: 'urn:test' };
const quiet = { info: () => undefined, warn: () => undefined };

/** A process of the service. */
export class LiveInstance {
  readonly streams: LiveStreams;
  private readonly tail: OutboxTail;
  private readonly rows: OutboxRows;
  private readonly outbox: Outbox;
  private readonly server: Server;
  /** Queries of the outbox. */
  queries = 0;
  /** The traces to which they belong. */
  readonly traces = new Set<string | undefined>();

  constructor(database: Kysely<unknown>, limits = LIMITS, random = Math.random) {
    this.rows = new OutboxRows(database, SERVICE);
    this.outbox = new Outbox(database, SERVICE);
    const after = (sequence: number, limit: number): Promise<CloudEvent[]> => {
      this.queries += 1;
      this.traces.add(TraceContext.fields.traceparent);
      return this.rows.after(sequence, limit);
    };
    const last = () => this.rows.last();
    this.tail = new OutboxTail({ after, last }, quiet);
    this.streams = new LiveStreams(this.tail, this.rows, limits, random);
    this.server = createServer((request, response) => void this.open(request.headers, response));
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.streams.close();
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Publishes one event for each text; the relay of this process numbers them. */
  async publish(owner: string, ...texts: readonly string[]): Promise<void> {
    await this.outbox.transaction((_trx, publish) =>
      publish(...texts.map((text) => ({ definition: noteChanged, subject: text, data: { owner, text } }))),
    );
    await this.rows.number(0, 1000);
    this.tail.wake();
  }

  private async open(headers: NodeJS.Dict<string | string[]>, raw: ServerResponse): Promise<void> {
    const reply = { raw, hijack: () => reply, getHeaders: () => ({}) };
    try {
      const trace = TraceContext.from({ traceparent: TRACEPARENT });
      const open = () => this.streams.open(reply as unknown as FastifyReply, requestOf(headers));
      await (trace ? trace.run(open) : open());
    } catch (error) {
      raw.writeHead((error as Problem).status, (error as Problem).message).end();
    }
  }
}

function requestOf(headers: NodeJS.Dict<string | string[]>): LiveRequest {
  const caller = headers.caller as string | undefined;
  const isOwn = ({ data }: CloudEvent) => (data as { owner: string }).owner === caller;
  return {
    includes: (event) => caller === undefined || isOwn(event),
    caller,
    lastEventId: headers['last-event-id'] as string | undefined,
  };
}

import { Controller, Inject, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Kysely } from 'kysely';
import { defineEvent, type CloudEvent } from '#contracts';
import { TraceContext } from '#registry-client';
import { bootForTest, call, onBothStores, waitFor, type TestApp, type TestStore } from '#testing';
import { defineService } from '../service/define-service.js';
import { DATABASE } from '../storage/storage.module.js';
import { MAX_ATTEMPTS } from './consumer/attempts.js';
import { HandledEvents } from './consumer/handled-events.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { createEventTables, eventTablesOf, type EventTables } from './event-tables.js';
import { OnEvent } from './on-event.js';
import { eventOf, Outbox } from './outbox/outbox.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { OutboxRows } from './outbox/outbox-rows.js';

interface NoteData {
  readonly id: string;
  readonly text: string;
}

interface NotesSchema {
  readonly notes: { readonly id: string; readonly text: string };
  readonly copies: { readonly id: string; readonly text: string };
}

const noteChanged = defineEvent<NoteData>('test.note.changed', 'A note changed', { id: {}, text: {} });

/** Failures to come, by note and text. */
const failures = new Map<string, number>();
/** Trace of the last handler, by note. */
const traces = new Map<string, string | undefined>();

@Controller()
class CopiesController {
  constructor(@Inject(HandledEvents) private readonly handled: HandledEvents) {}

  @OnEvent(noteChanged)
  copy(@Payload() event: CloudEvent<NoteData>): Promise<void> {
    const { id, text } = event.data;
    traces.set(id, TraceContext.fields.traceparent);
    return this.handled.once<NotesSchema>(event, async (trx) => {
      await trx.insertInto('copies').values({ id, text }).execute();
      const note = `${id} ${text}`;
      const left = failures.get(note) ?? 0;
      failures.set(note, left - 1);
      if (left > 0) throw new Error(`no copy of ${text}`);
    });
  }
}

@Module({ controllers: [CopiesController] })
class NotesModule {}

const noteService = defineService({
  name: 'note-service',
  version: '1.0.0',
  portVariable: 'NOTE_SERVICE_PORT',
  defaultPort: 0,
  migrations: {
    '0001-notes': {
      up: async (db) => {
        for (const table of ['notes', 'copies'])
          await db.schema.createTable(table).addColumn('id', 'text').addColumn('text', 'text').execute();
        await createEventTables(db, 'note-service');
      },
    },
  },
  hasEvents: true,
  module: () => ({ module: NotesModule }),
});

/** The service on a store that outlives it. */
class NotesOnStore {
  private readonly database: Kysely<NotesSchema>;

  constructor(readonly app: TestApp) {
    this.database = app.nest.get<Kysely<NotesSchema>>(DATABASE, { strict: false });
  }

  static async boot(store: TestStore): Promise<NotesOnStore> {
    return new NotesOnStore(await bootForTest(noteService, await envOf(store)));
  }

  private get events(): Kysely<EventTables> {
    return this.database as unknown as Kysely<EventTables>;
  }

  get parked(): ParkedEvents {
    return this.app.nest.get(ParkedEvents, { strict: false });
  }

  change(id: string, text: string, fail = false): Promise<unknown> {
    const outbox = this.app.nest.get(Outbox, { strict: false });
    return outbox.transaction<NotesSchema>(async (trx, publish) => {
      await trx.insertInto('notes').values({ id, text }).execute();
      await publish(eventOf(noteChanged, id, { id, text }));
      if (fail) throw new Error('the change fails');
    });
  }

  /** As after a crash between the delivery and its record. */
  async sendAllAgain(): Promise<void> {
    const { outbox_relay } = eventTablesOf('note-service');
    await this.events.updateTable(outbox_relay).set({ sent: 0 }).execute();
  }

  /** Leaves the parked event of a note one attempt. */
  async skipAttempts(id: string): Promise<void> {
    const { parked_events } = eventTablesOf('note-service');
    await this.events
      .updateTable(parked_events)
      .set({ attempts: MAX_ATTEMPTS - 1, attempt_at: Date.now() + 100 })
      .where('subject', '=', id)
      .execute();
  }

  async copies(id: string): Promise<string[]> {
    const rows = await this.database.selectFrom('copies').select('text').where('id', '=', id).execute();
    return rows.map(({ text }) => text);
  }

  async waitForCopies(id: string, texts: readonly string[]): Promise<void> {
    await waitFor('the copies', async () => (await this.copies(id)).length >= texts.length);
    expect(await this.copies(id)).toEqual(texts);
  }
}

async function envOf(store: TestStore): Promise<Record<string, string>> {
  const { databaseUrl, dataDir } = await store.createStorage();
  return databaseUrl === undefined ? { DATA_DIR: dataDir } : { DATABASE_URL: databaseUrl };
}

onBothStores('domain events', (store) => {
  let notes: NotesOnStore;

  beforeEach(async () => {
    failures.clear();
    notes = await NotesOnStore.boot(store);
  });
  afterEach(() => notes.app.close());

  it('reach the handler after the commit, in their order', async () => {
    for (const text of ['1', '2', '3']) await notes.change('a', text);
    await notes.waitForCopies('a', ['1', '2', '3']);
  });

  it('are not published by a change that fails', async () => {
    await expect(notes.change('a', '1', true)).rejects.toThrow('the change fails');
    await notes.change('a', '2');
    await notes.waitForCopies('a', ['2']);
  });

  it('are handled again after a failure, before later events of their subject', async () => {
    failures.set('a 1', 2);
    await notes.change('a', '1');
    await notes.change('a', '2');
    await notes.change('b', '1');
    await notes.waitForCopies('b', ['1']);
    expect(await notes.copies('a')).toEqual([]);
    await notes.waitForCopies('a', ['1', '2']);
    expect(await notes.parked.counts()).toEqual({ waiting: 0, dead: 0 });
  });

  it('have no effect when they are delivered again', async () => {
    await notes.change('a', '1');
    await notes.waitForCopies('a', ['1']);
    await notes.sendAllAgain();
    await waitFor('both deliveries', async () => {
      const { body } = await call(notes.app.url, 'GET /metrics');
      return (body as string).includes('events_handled_total{type="test.note.changed.v1"} 2');
    });
    await notes.change('a', '2');
    await notes.waitForCopies('a', ['1', '2']);
  });

  it('are kept as dead letters after the last attempt, and handled in their order after a replay', async () => {
    failures.set('a 1', 1);
    await notes.change('a', '1');
    await waitFor('the event to be parked', async () => (await notes.parked.counts()).waiting === 1);
    await notes.skipAttempts('a');
    failures.set('a 1', 1);
    await waitFor('the dead letter', async () => (await notes.parked.counts()).dead === 1);
    await notes.change('a', '2');
    await waitFor('the next event to wait', async () => (await notes.parked.counts()).waiting === 1);
    const [letter] = await notes.parked.deadLetters(10);
    expect(letter).toMatchObject({ error: 'no copy of 1', attempts: 10, event: { subject: 'a' } });
    const { body } = await call(notes.app.url, 'GET /health');
    expect(body).toMatchObject({
      details: { events: { status: 'up', reach: 'service', outbox: 0, deadLetters: 1 } },
    });

    expect(await notes.parked.replay(letter!.event.id)).toBe(true);
    await notes.waitForCopies('a', ['1', '2']);
  });

  it('let later events of their subject go on when they are discarded', async () => {
    failures.set('a 1', 1);
    await notes.change('a', '1');
    await waitFor('the event to be parked', async () => (await notes.parked.counts()).waiting === 1);
    await notes.skipAttempts('a');
    failures.set('a 1', 1);
    await waitFor('the dead letter', async () => (await notes.parked.counts()).dead === 1);
    await notes.change('a', '2');
    const [letter] = await notes.parked.deadLetters(10);
    expect(await notes.parked.discard(letter!.event.id)).toBe(true);
    expect(await notes.parked.discard(letter!.event.id)).toBe(false);
    await notes.waitForCopies('a', ['2']);
  });

  it('continue the trace of the request that made the change', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await TraceContext.from({ traceparent })!.run(() => notes.change('a', '1'));
    await notes.waitForCopies('a', ['1']);
    expect(traces.get('a')).toBe(traceparent);
  });
});

onBothStores('the outbox', (store) => {
  it('is sent by one process at a time, and by another one after a crash', async () => {
    const notes = await NotesOnStore.boot(store);
    const rows = notes.app.nest.get(OutboxRows, { strict: false });
    // The lease of a process that crashed: nothing renews it.
    await waitFor('the lease', async () => (await rows.lease('crashed')) !== undefined);
    expect(await rows.lease('another')).toBeUndefined();
    await notes.change('a', '1');
    expect(await notes.copies('a')).toEqual([]);
    await notes.waitForCopies('a', ['1']);
    await notes.app.close();
  });

  it('does not keep a start-up from failing while events wait in it', async () => {
    const env = await envOf(store);
    const notes = new NotesOnStore(await bootForTest(noteService, env));
    await notes.app.nest.get(OutboxRelay, { strict: false }).stop();
    await notes.change('a', '1');
    const { port } = new URL(notes.app.url);
    await expect(bootForTest(noteService, { ...env, NOTE_SERVICE_PORT: port })).rejects.toThrow(
      'the port is already taken',
    );
    await notes.app.close();
  });
});

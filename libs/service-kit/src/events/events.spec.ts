import { Controller, Inject, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Kysely } from 'kysely';
import { defineEvent, type CloudEvent } from '#contracts';
import { bootForTest, onBothStores, waitFor, type TestApp, type TestStore } from '#testing';
import { defineService } from '../service/define-service.js';
import { DATABASE } from '../storage/storage.module.js';
import { HandledEvents } from './consumer/handled-events.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { createEventTables } from './event-tables.js';
import { OnEvent } from './on-event.js';
import { eventOf, Outbox } from './outbox/outbox.js';

interface NoteData {
  readonly id: string;
  readonly text: string;
}

interface NotesSchema {
  readonly notes: { readonly id: string; readonly text: string };
  readonly copies: { readonly id: string; readonly text: string };
}

const noteChanged = defineEvent<NoteData>('test.note.changed', 'A note changed', { id: {}, text: {} });

/** Failures to come, by note. */
const failures = new Map<string, number>();

@Controller()
class CopiesController {
  constructor(@Inject(HandledEvents) private readonly handled: HandledEvents) {}

  @OnEvent(noteChanged)
  copy(@Payload() event: CloudEvent<NoteData>): Promise<void> {
    const { id, text } = event.data;
    return this.handled.once<NotesSchema>(event, async (trx) => {
      await trx.insertInto('copies').values({ id, text }).execute();
      const left = failures.get(id) ?? 0;
      failures.set(id, left - 1);
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
  private constructor(
    readonly app: TestApp,
    private readonly database: Kysely<NotesSchema>,
  ) {}

  static async boot(store: TestStore): Promise<NotesOnStore> {
    return NotesOnStore.bootOn(await envOf(store));
  }

  static async bootOn(env: Record<string, string>): Promise<NotesOnStore> {
    const app = await bootForTest(noteService, env);
    return new NotesOnStore(app, app.nest.get<Kysely<NotesSchema>>(DATABASE, { strict: false }));
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
    failures.set('a', 2);
    await notes.change('a', '1');
    await notes.change('a', '2');
    await notes.change('b', '1');
    await notes.waitForCopies('b', ['1']);
    expect(await notes.copies('a')).toEqual([]);
    await notes.waitForCopies('a', ['1', '2']);
    expect(await notes.parked.counts()).toEqual({ waiting: 0, dead: 0 });
  });
});

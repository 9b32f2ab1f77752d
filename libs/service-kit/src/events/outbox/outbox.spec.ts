import type { Kysely } from 'kysely';
import { ActiveSpan, TraceContext, traceparentOf, type Span } from '#registry-client';
import { onBothStores } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables, eventTablesOf, type EventTables } from '../event-tables.js';
import { Outbox, type Publish } from './outbox.js';

const SERVICE = 'note-service';
const event = {
  definition: { type: 'test.note.changed.v1', dataschema: 'urn:test' },
  subject: 'a',
  data: {},
};

onBothStores('the spans of an outbox', (store) => {
  let database: Kysely<EventTables>;
  let outbox: Outbox;
  let spans: Span[];

  beforeEach(async () => {
    spans = [];
    database = await openDatabase<EventTables>(await store.createStorage(), SERVICE);
    await createEventTables(database as unknown as Kysely<unknown>, SERVICE);
    outbox = new Outbox(database as unknown as Kysely<unknown>, SERVICE);
  });
  afterEach(() => database.destroy());

  const tracer = { samples: () => true, record: (span: Span) => void spans.push(span) };
  const transaction = (change: (publish: Publish) => Promise<void>) => {
    const request = ActiveSpan.start(tracer, undefined, { name: 'request', kind: 'server', attributes: {} });
    return TraceContext.of(request).run(() => outbox.transaction((_trx, publish) => change(publish)));
  };

  it('are recorded after the commit, and are the parents of what handles the events', async () => {
    let recordedBefore: number | undefined;
    await transaction(async (publish) => {
      await publish(event, event);
      recordedBefore = spans.length;
    });
    expect(recordedBefore).toBe(0);
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['create note-service', 'producer'],
      ['create note-service', 'producer'],
    ]);
    const rows = await database
      .selectFrom(eventTablesOf(SERVICE).outbox)
      .select('traceparent')
      .orderBy('position')
      .execute();
    expect(rows.map(({ traceparent }) => traceparent)).toEqual(
      spans.map(({ context }) => traceparentOf(context)),
    );
  });

  it('are not recorded for a change that is rolled back', async () => {
    const change = transaction(async (publish) => {
      await publish(event);
      throw new Error('the change fails');
    });
    await expect(change).rejects.toThrow('the change fails');
    expect(spans).toEqual([]);
  });
});

import { sql, type Kysely } from 'kysely';
import { MAX_COUNTED_EVENTS } from '#contracts';
import { onBothStores } from '#testing';
import { openDatabase } from '../storage/database.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { EventBacklog } from './event-backlog.js';
import { createEventTables, eventTablesOf } from './event-tables.js';
import { EventsIndicator } from './events.indicator.js';
import { OutboxRows } from './outbox/outbox-rows.js';

const SERVICE = 'note-service';
const SENT = 100;
const MANY = MAX_COUNTED_EVENTS + 500;

onBothStores('the backlog of events', (store) => {
  const { outbox, outbox_relay, parked_events } = eventTablesOf(SERVICE);
  let database: Kysely<unknown>;
  let backlog: EventBacklog;
  let parked: ParkedEvents;

  beforeEach(async () => {
    database = await openDatabase(await store.createStorage(), SERVICE);
    await createEventTables(database, SERVICE);
    await sql`update ${sql.table(outbox_relay)} set sent = ${sql.lit(SENT)}`.execute(database);
    parked = new ParkedEvents(database, SERVICE);
    backlog = new EventBacklog(new OutboxRows(database, SERVICE), parked);
  });
  afterEach(() => database.destroy());

  /** Events number 1 to `count`, whose ages in seconds are 1000 minus their number. */
  const series = (count: number) => sql`
    with recursive series(number) as (select 1 union all select number + 1 from series where number < ${sql.lit(count)})`;
  const publish = (count: number, sequence: 'number' | 'null') =>
    sql`
      insert into ${sql.table(outbox)} (sequence, id, type, subject, dataschema, data, created_at)
      ${series(count)} select ${sql.raw(sequence)}, 'id', 'type', 'subject', 'urn:test', '{}',
        ${sql.lit(Date.now() - 1_000_000)} + number * 1000 from series`.execute(database);
  const park = (count: number, state: 'waiting' | 'dead') =>
    sql`
      insert into ${sql.table(parked_events)} (source, subject, sequence, id, event, attempts, attempt_at, parked_at)
      ${series(count)} select ${sql.lit(state)}, 'subject', number, 'id', '{}', 1,
        ${sql.raw(state === 'dead' ? 'null' : '1')}, 1 from series`.execute(database);

  it('has events with and without numbers, and the age of the oldest that is not sent', async () => {
    expect(await backlog.read()).toEqual({ waiting: 0, oldestSeconds: 0, deadLetters: 0 });
    await publish(SENT, 'number');
    expect(await backlog.read()).toEqual({ waiting: 0, oldestSeconds: 0, deadLetters: 0 });
    await publish(2, 'null');
    expect(await backlog.read()).toEqual({ waiting: 2, oldestSeconds: 999, deadLetters: 0 });
    await sql`update ${sql.table(outbox)} set sequence = 101 where sequence = 100`.execute(database);
    expect(await backlog.read()).toEqual({ waiting: 3, oldestSeconds: 900, deadLetters: 0 });
  });

  it.each(['number', 'null'] as const)('stops counting above its limit (sequence %s)', async (sequence) => {
    await publish(MANY, sequence);
    const { waiting, oldestSeconds } = await backlog.read();
    expect(waiting).toBe(MAX_COUNTED_EVENTS + 1);
    expect(oldestSeconds).toBe(sequence === 'null' ? 999 : 899);
  });

  it('stops counting parked events above its limit, and finds each state behind many of the other', async () => {
    await park(MANY, 'waiting');
    await park(3, 'dead');
    expect(await parked.counts()).toEqual({ waiting: MAX_COUNTED_EVENTS + 1, dead: 3 });
    await sql`delete from ${sql.table(parked_events)}`.execute(database);
    await park(MANY, 'dead');
    await park(3, 'waiting');
    expect(await parked.counts()).toEqual({ waiting: 3, dead: MAX_COUNTED_EVENTS + 1 });
  });

  it('is numbers in the health document, also above the limit of counts', async () => {
    await park(MANY, 'dead');
    const indicator = new EventsIndicator(backlog, { reach: 'all' });
    expect(await indicator.check()).toEqual({
      reach: 'all',
      outbox: 0,
      oldestSeconds: 0,
      deadLetters: MAX_COUNTED_EVENTS + 1,
    });
  });
});

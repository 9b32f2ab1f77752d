import { sql, type Kysely, type Selectable } from 'kysely';
import { MAX_COUNTED_EVENTS, type CloudEvent } from '#contracts';
import { databaseNow } from '../../storage/database-now.js';
import { countUpToLimit } from '../count-up-to-limit.js';
import { eventTablesOf, type EventTables } from '../event-tables.js';

/** How long a process may send without renewing its lease. After a crash another process sends after this time. */
export const LEASE_MS = 5000;

/** What is in an outbox. */
export interface OutboxState {
  /** Sequence of the last event that was sent; 0 for none. */
  readonly sent: number;
  /** Events that are not sent; `MAX_COUNTED_EVENTS` + 1 stands for any number above. */
  readonly waiting: number;
  /** Age of the oldest of them in milliseconds; 0 without any. */
  readonly oldestMs: number;
}

/** The relay's view of an outbox: which process sends, the numbers of the events, and how far they are sent. */
export class OutboxRows {
  private readonly tables;
  private readonly database: Kysely<EventTables>;

  constructor(
    database: Kysely<unknown>,
    private readonly service: string,
  ) {
    this.database = database;
    this.tables = eventTablesOf(service);
  }

  /**
   * Makes `owner` the process that sends, for {@link LEASE_MS}. Resolves to the sequence of the last event that was sent;
   * `undefined` while another process sends.
   */
  async lease(owner: string): Promise<number | undefined> {
    const now = databaseNow(this.database);
    const row = await this.database
      .updateTable(this.tables.outbox_relay)
      .set((eb) => ({ owner, leased_until: eb(now, '+', LEASE_MS) }))
      .where((eb) => eb.or([eb('owner', '=', owner), eb('leased_until', '<=', now)]))
      .returning('sent')
      .executeTakeFirst();
    return row?.sent;
  }

  /** Lets another process send at once. */
  async release(owner: string): Promise<void> {
    const relay = this.database.updateTable(this.tables.outbox_relay);
    await relay.set({ leased_until: 0 }).where('owner', '=', owner).execute();
  }

  /** Records that the events up to `sequence` are sent, and renews the lease; `false`: another process has taken it. */
  async markSent(owner: string, sequence: number): Promise<boolean> {
    const row = await this.database
      .updateTable(this.tables.outbox_relay)
      .set((eb) => ({ sent: sequence, leased_until: eb(databaseNow(this.database), '+', LEASE_MS) }))
      .where('owner', '=', owner)
      .returning('name')
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Numbers new events: at most `limit`, above the number of every event before. Transactions commit in another order than
   * they insert, so that the database's own numbers appear out of order; these are assigned by one process, after the
   * commits. They start at the time in microseconds: a store that was restored from a backup, or replaced, does not repeat
   * numbers that consumers have seen. An event keeps its number, also if another process numbers at the same time.
   *
   * @param above sequence of the last event that was sent or that the transport has stored
   * @returns how many were numbered
   */
  async number(above: number, limit: number): Promise<number> {
    const { outbox } = this.tables;
    const base = Math.max(above, await this.last(), Date.now() * 1000);
    const table = sql.table(outbox);
    const { numAffectedRows } = await sql`
      with fresh as (
        select position, row_number() over (order by position) as number
        from (select position from ${table} where sequence is null order by position limit ${limit}) as unnumbered
      )
      update ${table} set sequence = ${sql.lit(base)} + fresh.number
      from fresh
      where ${sql.ref(`${outbox}.position`)} = fresh.position and ${sql.ref(`${outbox}.sequence`)} is null`.execute(
      this.database,
    );
    return Number(numAffectedRows ?? 0);
  }

  /** The next events after `sequence`. */
  async after(sequence: number, limit: number): Promise<CloudEvent[]> {
    const rows = await this.database
      .selectFrom(this.tables.outbox)
      .selectAll()
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    return rows.map((row) => toEvent(row, this.service));
  }

  /** Sequence of the last event that has one; 0 for none. */
  async last(): Promise<number> {
    const { last } = await this.database
      .selectFrom(this.tables.outbox)
      .select((eb) => eb.fn.max<number | null>('sequence').as('last'))
      .executeTakeFirstOrThrow();
    return last ?? 0;
  }

  /** Whether the event with this sequence is still kept, and at most `most` events came after it. */
  async reaches(sequence: number, most: number): Promise<boolean> {
    const from = this.database
      .selectFrom(this.tables.outbox)
      .select('sequence')
      .where('sequence', '>=', sequence)
      .orderBy('sequence')
      .limit(1);
    const first = await from.executeTakeFirst();
    return first?.sequence === sequence && !(await from.offset(most + 1).executeTakeFirst());
  }

  /** Its cost has a limit however many events wait: it reads the index of the sequence, up to the limit of counts. */
  async state(): Promise<OutboxState> {
    const { outbox, outbox_relay } = this.tables;
    const { sent } = await this.database.selectFrom(outbox_relay).select('sent').executeTakeFirstOrThrow();
    const unsent = this.sequences.where('sequence', '>', sent);
    const first = this.database.selectFrom(outbox).where('sequence', '>', sent).orderBy('sequence');
    const { numbered, fresh, oldest } = await this.database
      .selectNoFrom([
        countUpToLimit(unsent).as('numbered'),
        countUpToLimit(this.unnumbered).as('fresh'),
        first.select('created_at').limit(1).as('oldest'),
      ])
      .executeTakeFirstOrThrow();
    const since = Number(fresh) > 0 ? (oldest ?? (await this.oldestUnnumbered())) : oldest;
    return {
      sent,
      waiting: Math.min(Number(numbered) + Number(fresh), MAX_COUNTED_EVENTS + 1),
      oldestMs: since === null ? 0 : Math.max(0, Date.now() - since),
    };
  }

  /** Numbers follow the order of insertion: needed only while every event with a number is sent. */
  private async oldestUnnumbered(): Promise<number | null> {
    const rows = this.unnumbered.select('created_at').limit(MAX_COUNTED_EVENTS);
    const { oldest } = await this.database
      .selectFrom(rows.as('rows'))
      .select((eb) => eb.fn.min<number | null>('created_at').as('oldest'))
      .executeTakeFirstOrThrow();
    return oldest;
  }

  private get unnumbered() {
    return this.sequences.where('sequence', 'is', null);
  }

  // The order makes PostgreSQL read the index, also where its statistics let it expect that most rows match.
  private get sequences() {
    return this.database.selectFrom(this.tables.outbox).select('sequence').orderBy('sequence');
  }

  /** Deletes events that were sent and are older than `before`, in epoch milliseconds. */
  async purge(before: number): Promise<void> {
    const { outbox, outbox_relay } = this.tables;
    await this.database
      .deleteFrom(outbox)
      .where('created_at', '<', before)
      .where('sequence', '<=', (eb) => eb.selectFrom(outbox_relay).select('sent'))
      .execute();
  }
}

const toEvent = (row: Selectable<EventTables['outbox']>, source: string): CloudEvent => ({
  specversion: '1.0',
  id: row.id,
  source,
  type: row.type,
  subject: row.subject,
  time: new Date(row.created_at).toISOString(),
  datacontenttype: 'application/json',
  dataschema: row.dataschema,
  data: JSON.parse(row.data) as unknown,
  sequence: String(row.sequence),
  ...(row.traceparent !== null && { traceparent: row.traceparent }),
});

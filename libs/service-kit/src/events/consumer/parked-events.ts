import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CloudEvent } from '#contracts';
import { isPostgres } from '../../storage/database-now.js';
import { countUpToLimit } from '../count-up-to-limit.js';
import { eventTablesOf, type EventTables } from '../event-tables.js';
import { pauseMs } from './attempts.js';
import {
  keyOf,
  storable,
  toJson,
  toParked,
  type ParkedEvent,
  type ParkedKey,
  type ParkedRow,
} from './parked-row.js';

/** Number of parked events; `MAX_COUNTED_EVENTS` + 1 stands for any number above. */
export interface ParkedCounts {
  /** Events that wait for their next attempt, or behind another event of their subject. */
  readonly waiting: number;
  readonly dead: number;
}

/** Time in which the process that attempts an event must finish; afterwards another one may attempt it. */
const CLAIM_MS = 30_000;

/** How long a due event waits for a process that handles its type; then any process claims it, and finds no handler. */
const FOREIGN_MS = 300_000;

/** How long a store without parked events is not asked again. */
const EMPTY_MS = 1000;

/**
 * Events whose handler failed, or that only an absent version of the service handles, and later events of their subjects,
 * which wait behind them.
 */
export class ParkedEvents {
  private readonly table;
  /** On the monotonic clock: until then nothing is parked, unless this process parks it. */
  private emptyUntil = 0;
  /** Grows when an event may have been parked. */
  private parks = 0;
  private readonly database: Kysely<EventTables>;

  constructor(database: Kysely<unknown>, service: string) {
    this.database = database;
    this.table = eventTablesOf(service).parked_events;
  }

  /** Whether events of the same subject are parked. */
  async holdsSubjectOf({ source, subject }: CloudEvent): Promise<boolean> {
    if (await this.isEmpty()) return false;
    const query = this.rows.select('sequence').where('source', '=', source).where('subject', '=', subject);
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  }

  /** Parks an event after its first failure, or, without `error`, behind others. A parked event stays as it is. */
  async park(event: CloudEvent, error?: string): Promise<void> {
    const now = Date.now();
    const attempts = error === undefined ? 0 : 1;
    await this.database
      .insertInto(this.table)
      .values({
        ...keyOf(event),
        id: event.id,
        event: toJson(event),
        attempts,
        attempt_at: attempts === 0 ? now : now + (pauseMs(attempts) ?? 0),
        error: error === undefined ? null : storable(error),
        parked_at: now,
      })
      .onConflict((conflict) => conflict.columns(['source', 'subject', 'sequence']).doNothing())
      .execute();
    this.forget();
  }

  /**
   * Claims at most `limit` events whose next attempt is due: the first of each subject. Events of other types than `types`
   * are left to another version of the service for five minutes.
   */
  async claimDue(limit: number, types: readonly string[]): Promise<ParkedEvent[]> {
    const now = Date.now();
    const firsts = this.rows
      .select((eb) => ['source', 'subject', eb.fn.min('sequence').as('sequence')])
      .groupBy(['source', 'subject']);
    const due = await this.database
      .with('firsts', () => firsts)
      .selectFrom(this.table)
      .selectAll()
      .where((eb) =>
        eb(eb.refTuple('source', 'subject', 'sequence'), 'in', (of) =>
          of
            .selectFrom('firsts')
            .select(['firsts.source', 'firsts.subject', 'firsts.sequence'])
            .$asTuple('source', 'subject', 'sequence'),
        ),
      )
      .where('attempt_at', '<=', now)
      .where((eb) => eb.or([eb(this.type, 'in', types), eb('attempt_at', '<=', now - FOREIGN_MS)]))
      .orderBy('attempt_at')
      .limit(limit)
      .execute();
    const claimed = await Promise.all(due.map((row) => this.claim(row, now)));
    return due.filter((_row, index) => claimed[index]).map(toParked);
  }

  /** Records another failure; `false`: it was the last attempt, and the event is a dead letter now. */
  async postpone(event: CloudEvent, attempts: number, error: string): Promise<boolean> {
    const pause = pauseMs(attempts);
    const attempt_at = pause === undefined ? null : Date.now() + pause;
    await this.changing(event)
      .set({ attempts, attempt_at, error: storable(error) })
      .execute();
    return pause !== undefined;
  }

  /** Removes a handled event. */
  async remove(event: CloudEvent): Promise<void> {
    await this.advance(event);
    const ofEvent = this.database.deleteFrom(this.table).where((eb) => eb.and(keyOf(event)));
    await ofEvent.execute();
  }

  /** Events without a next attempt, oldest first. */
  async deadLetters(limit: number): Promise<ParkedEvent[]> {
    const query = this.rows.selectAll().where('attempt_at', 'is', null).orderBy('parked_at').limit(limit);
    return (await query.execute()).map(toParked);
  }

  /** Makes a dead letter due again, with all its attempts; `false`: there is none with this event id. */
  async replay(id: string): Promise<boolean> {
    const replayed = await this.database
      .updateTable(this.table)
      .set({ attempts: 0, attempt_at: Date.now() })
      .where('id', '=', id)
      .where('attempt_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return replayed !== undefined;
  }

  /** Removes a dead letter unhandled, so that later events of its subject go on; `false` as in {@link replay}. */
  async discard(id: string): Promise<boolean> {
    const letter = await this.rows
      .select(['source', 'subject', 'sequence'])
      .where('id', '=', id)
      .where('attempt_at', 'is', null)
      .executeTakeFirst();
    if (!letter) return false;
    await this.advance(letter);
    const discarded = await this.database
      .deleteFrom(this.table)
      .where('id', '=', id)
      .where('attempt_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return discarded !== undefined;
  }

  /** Its cost has a limit however many events are parked: it reads an index, up to the limit of counts. */
  async counts(): Promise<ParkedCounts> {
    const attempts = this.rows.select('attempt_at').orderBy('attempt_at');
    const counts = await this.database
      .selectNoFrom([
        // Not `is not null`, for which the embedded store uses no index.
        countUpToLimit(attempts.where('attempt_at', '>=', 0)).as('waiting'),
        countUpToLimit(attempts.where('attempt_at', 'is', null)).as('dead'),
      ])
      .executeTakeFirstOrThrow();
    return { waiting: Number(counts.waiting), dead: Number(counts.dead) };
  }

  /** Call it before events after another process may have parked some. */
  forget(): void {
    this.parks += 1;
    this.emptyUntil = 0;
  }

  /** One process at a time handles the events of a group, so that no other one parks any meanwhile. */
  private async isEmpty(): Promise<boolean> {
    const now = performance.now();
    if (now < this.emptyUntil) return true;
    const { parks } = this;
    const isEmpty = (await this.rows.select('sequence').limit(1).executeTakeFirst()) === undefined;
    // An event that was parked during the query may be missing in its result.
    if (isEmpty && parks === this.parks) this.emptyUntil = now + EMPTY_MS;
    return isEmpty;
  }

  private async claim(row: ParkedRow, now: number): Promise<boolean> {
    const claimed = await this.changing(row)
      .set({ attempt_at: now + CLAIM_MS })
      .where('attempt_at', '=', row.attempt_at)
      .returning('id')
      .executeTakeFirst();
    return claimed !== undefined;
  }

  /** Makes the event after a removed one due from now on: only now can a process with a handler for its type attempt it. */
  private async advance(removed: ParkedKey): Promise<void> {
    const { source, subject, sequence } = keyOf(removed);
    const now = Date.now();
    await this.database
      .updateTable(this.table)
      .set({ attempt_at: now })
      .where((eb) => eb.and({ source, subject }))
      .where('sequence', '=', (eb) =>
        eb
          .selectFrom(this.table)
          .select((of) => of.fn.min('sequence').as('next'))
          .where(eb.and({ source, subject }))
          .where('sequence', '>', sequence),
      )
      .where('attempt_at', '<', now)
      .execute();
  }

  private changing(event: ParkedKey) {
    return this.database.updateTable(this.table).where((eb) => eb.and(keyOf(event)));
  }

  /** The type of a parked event. PostgreSQL reads no member of a document that has a string with U+0000 or half a character. */
  private get type(): RawBuilder<string> {
    return isPostgres(this.database)
      ? sql`substring(event from '"type":"([^"]*)"')`
      : sql`event ->> '$.type'`;
  }

  private get rows() {
    return this.database.selectFrom(this.table);
  }
}

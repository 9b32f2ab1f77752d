import type { Kysely } from 'kysely';
import type { ConsumerGroup } from '../transport/event-transport.js';
import { eventTablesOf, type EventTables } from '../event-tables.js';

type Progress = Pick<ConsumerGroup, 'name' | 'handled' | 'idleMs'>;

const HOUR_MS = 60 * 60 * 1000;

/**
 * How far each consumer group has handled the events of an outbox. Kept in the outbox's store, because a transport that
 * loses its events loses this, too: then only what a group has not handled is sent again.
 */
export class OutboxProgress {
  private readonly database: Kysely<EventTables>;
  private readonly table;
  private recorded = '';

  constructor(database: Kysely<unknown>, service: string) {
    this.database = database;
    this.table = eventTablesOf(service).outbox_groups;
  }

  /** A group that is missing keeps its progress: the transport may have lost it. */
  async record(groups: readonly Progress[]): Promise<void> {
    const now = Date.now();
    const rows = groups.map(({ name, handled, idleMs }) => ({
      name,
      handled,
      seen_at: now - Math.round(idleMs),
    }));
    // A group without new events is recorded once an hour, so that it is not forgotten.
    const hours = rows.map(({ name, handled, seen_at }) => [name, handled, Math.floor(seen_at / HOUR_MS)]);
    const state = JSON.stringify(hours);
    if (rows.length === 0 || state === this.recorded) return;
    await this.database
      .insertInto(this.table)
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((eb) => ({
          seen_at: eb.ref('excluded.seen_at'),
          // A group that the transport has lost starts again from 0.
          handled: eb
            .case()
            .when('excluded.handled', '>', eb.ref(`${this.table}.handled`))
            .then(eb.ref('excluded.handled'))
            .else(eb.ref(`${this.table}.handled`))
            .end(),
        })),
      )
      .execute();
    this.recorded = state;
  }

  /** Every known group has handled the events up to this sequence; `undefined` without any group. */
  async handledByAll(): Promise<number | undefined> {
    const { handled } = await this.database
      .selectFrom(this.table)
      .select((eb) => eb.fn.min<number | null>('handled').as('handled'))
      .executeTakeFirstOrThrow();
    return handled ?? undefined;
  }

  /** Forgets groups that no process has read since `before`, in epoch milliseconds. */
  async purge(before: number): Promise<void> {
    await this.database.deleteFrom(this.table).where('seen_at', '<', before).execute();
  }
}

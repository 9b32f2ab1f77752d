import type { Kysely } from 'kysely';
import { eventTablesOf, type EventTables } from '../event-tables.js';

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

  /** @param groups the sequence up to which each group has handled everything; a group that is missing keeps its own */
  async record(groups: ReadonlyMap<string, number>): Promise<void> {
    const state = JSON.stringify([...groups]);
    if (groups.size === 0 || state === this.recorded) return;
    const seen_at = Date.now();
    await this.database
      .insertInto(this.table)
      .values([...groups].map(([name, handled]) => ({ name, handled, seen_at })))
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((eb) => ({
          seen_at,
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

  /** Forgets groups that have handled nothing since `before`, in epoch milliseconds. */
  async purge(before: number): Promise<void> {
    await this.database.deleteFrom(this.table).where('seen_at', '<', before).execute();
  }
}

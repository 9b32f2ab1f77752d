import type { Kysely, Transaction } from 'kysely';
import type { CloudEvent } from '#contracts';
import { eventTablesOf, type EventTables } from '../event-tables.js';

/** Makes the effects of events happen once, although transports deliver at least once. */
export class HandledEvents {
  private readonly table;

  constructor(
    private readonly database: Kysely<unknown>,
    service: string,
  ) {
    this.table = eventTablesOf(service).handled_events;
  }

  /**
   * Runs `effect` in a transaction that also records the event, unless this event or a later one of its subject was
   * handled before.
   *
   * @example
   * @OnEvent(userDeleted)
   * forgetUser(@Payload() event: CloudEvent<UserEventData>): Promise<void> {
   *   return this.handled.once<OrdersSchema>(event, (trx) => this.orders.anonymise(event.data.id, trx));
   * }
   */
  async once<Schema>(event: CloudEvent, effect: (trx: Transaction<Schema>) => Promise<void>): Promise<void> {
    await (this.database as Kysely<EventTables>).transaction().execute(async (trx) => {
      if (await this.record(event, trx)) await effect(trx as unknown as Transaction<Schema>);
    });
  }

  /** Deletes records older than `before`, in epoch milliseconds. No transport delivers events as old again. */
  async purge(before: number): Promise<void> {
    const database = this.database as Kysely<EventTables>;
    await database.deleteFrom(this.table).where('handled_at', '<', before).execute();
  }

  /** `false`: the event was handled before. */
  private async record(event: CloudEvent, trx: Transaction<EventTables>): Promise<boolean> {
    const { source, subject } = event;
    const sequence = Number(event.sequence);
    const handled_at = Date.now();
    const recorded = await trx
      .insertInto(this.table)
      .values({ source, subject, sequence, handled_at })
      .onConflict((conflict) =>
        conflict
          .columns(['source', 'subject'])
          .doUpdateSet({ sequence, handled_at })
          .where(`${this.table}.sequence`, '<', sequence),
      )
      .returning('sequence')
      .executeTakeFirst();
    return recorded !== undefined;
  }
}

import type { Kysely, Transaction } from 'kysely';
import type { EventDefinition } from '#contracts';
import { TraceContext, type ActiveSpan } from '#registry-client';
import { newId } from '../../storage/new-id.js';
import { startSpanOfNew } from '../event-spans.js';
import { eventTablesOf, type EventTables } from '../event-tables.js';

/** A change of one entity, as a service publishes it. */
export interface DomainEvent {
  readonly definition: Pick<EventDefinition<object>, 'type' | 'dataschema'>;
  /** Id of the entity. */
  readonly subject: string;
  readonly data: object;
}

/** The event `definition` with its data. */
export const eventOf = <Data extends object>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
): DomainEvent => ({ definition, subject, data });

/** Publishes events with the transaction that it was passed with. */
export type Publish = (...events: readonly DomainEvent[]) => Promise<void>;

/**
 * Where a service writes its events, in the transaction of the change: either both are stored or neither is. The relay
 * sends them after the commit.
 */
export class Outbox {
  private readonly tables;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly database: Kysely<unknown>,
    private readonly service: string,
  ) {
    this.tables = eventTablesOf(service);
  }

  /**
   * Runs `change` in a transaction. Publish an event after the statement that changes its entity: this statement waits for
   * earlier transactions that change the entity, so that its events have the order of its changes.
   *
   * @example
   * await outbox.transaction<Schema>(async (trx, publish) => {
   *   await trx.deleteFrom('users').where('id', '=', id).execute();
   *   await publish(eventOf(userDeleted, id, { id, version }));
   * });
   */
  async transaction<Schema, Result = unknown>(
    change: (trx: Transaction<Schema>, publish: Publish) => Promise<Result>,
  ): Promise<Result> {
    let published = 0;
    const spans: ActiveSpan[] = [];
    const result = await (this.database as Kysely<Schema>).transaction().execute((trx) =>
      change(trx, (...events) => {
        published += events.length;
        return this.insert(trx as unknown as Transaction<EventTables>, events, spans);
      }),
    );
    for (const span of spans) span.end({}, false);
    if (published > 0) for (const listener of this.listeners) listener();
    return result;
  }

  /** Calls `listener` after each commit with events. */
  onCommit(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Adds the spans of the events to `spans`. */
  private async insert(
    trx: Transaction<EventTables>,
    events: readonly DomainEvent[],
    spans: ActiveSpan[],
  ): Promise<void> {
    if (events.length === 0) return;
    const created_at = Date.now();
    const rows = events.map(({ definition, subject, data }) => {
      const { type, dataschema } = definition;
      const id = newId();
      const span = startSpanOfNew({ id, type, source: this.service, subject });
      if (span) spans.push(span);
      return {
        sequence: null,
        id,
        type,
        subject,
        dataschema,
        data: JSON.stringify(data),
        traceparent: (span ?? TraceContext).fields.traceparent ?? null,
        created_at,
      };
    });
    await trx.insertInto(this.tables.outbox).values(rows).execute();
  }
}

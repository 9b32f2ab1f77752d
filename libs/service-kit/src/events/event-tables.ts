import type { Generated, Kysely } from 'kysely';
import { isPostgres } from '../storage/database-now.js';
import type { Migrations } from '../storage/migrate.js';

/** The tables for the events of a service: those it publishes and those it handles. Times are epoch milliseconds. */
export interface EventTables {
  /** Published events, in the order of their insertion; the relay numbers them in the order of their commits. */
  readonly outbox: OutboxTable;
  /** One row: how far the outbox is sent, and which process sends. */
  readonly outbox_relay: OutboxRelayTable;
  /** How far each consumer group has handled the outbox. */
  readonly outbox_groups: OutboxGroupsTable;
  /** The last handled event of each subject. */
  readonly handled_events: HandledEventsTable;
  /** Events whose handler failed, and later events of their subjects. */
  readonly parked_events: ParkedEventsTable;
}

interface OutboxTable {
  /** Assigned by the database. */
  readonly position: Generated<number>;
  /** `null` until the relay has numbered the event. */
  readonly sequence: number | null;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly dataschema: string;
  /** JSON. */
  readonly data: string;
  readonly traceparent: string | null;
  readonly created_at: number;
}

interface OutboxRelayTable {
  readonly name: string;
  /** Sequence of the last event that the transport took; 0 for none. */
  readonly sent: number;
  readonly owner: string | null;
  /** No other process sends before this time. */
  readonly leased_until: number;
}

interface OutboxGroupsTable {
  readonly name: string;
  /** The group has handled every event up to this sequence. */
  readonly handled: number;
  /** When a process of the group last read events. */
  readonly seen_at: number;
}

interface HandledEventsTable {
  readonly source: string;
  readonly subject: string;
  readonly sequence: number;
  readonly handled_at: number;
}

interface ParkedEventsTable {
  readonly source: string;
  readonly subject: string;
  readonly sequence: number;
  readonly id: string;
  /** The event as JSON. */
  readonly event: string;
  readonly attempts: number;
  /** Time of the next attempt; `null`: a dead letter. */
  readonly attempt_at: number | null;
  /** Message of the last failure; `null` for an event that waits behind another one. */
  readonly error: string | null;
  readonly parked_at: number;
}

/** The name of each table in the store. */
export type EventTableNames = { readonly [Table in keyof EventTables]: Table };

/** Names that carry the service's name, because services may share a database; the types keep the names of the rows. */
export function eventTablesOf(service: string): EventTableNames {
  const prefix = service.replaceAll('-', '_');
  const nameOf = <Table extends keyof EventTables>(table: Table) => `${prefix}_${table}` as Table;
  return {
    outbox: nameOf('outbox'),
    outbox_relay: nameOf('outbox_relay'),
    outbox_groups: nameOf('outbox_groups'),
    handled_events: nameOf('handled_events'),
    parked_events: nameOf('parked_events'),
  };
}

/**
 * The migrations of the tables for the events of `service`. The kit runs them for a service with `hasEvents`, beside the
 * service's own.
 */
export const eventMigrations = (service: string): Migrations => ({
  '0001-tables': { up: (db) => createEventTables(db, service) },
});

/**
 * Creates the tables and indexes for the events of `service` that its store lacks: migrations of a service may have created
 * some of them before the kit did.
 */
export async function createEventTables(db: Kysely<unknown>, service: string): Promise<void> {
  const tables = eventTablesOf(service);
  await createOutbox(db, tables);
  await createRelay(db, tables, service);
  await createGroups(db, tables);
  await createHandledEvents(db, tables);
  await createParkedEvents(db, tables);
}

async function createOutbox(db: Kysely<unknown>, { outbox }: EventTableNames): Promise<void> {
  const isEmbedded = !isPostgres(db);
  await db.schema
    .createTable(outbox)
    .ifNotExists()
    // Never used again: a new row must not come before rows that the relay has read.
    .addColumn('position', isEmbedded ? 'integer' : 'bigserial', (column) =>
      isEmbedded ? column.primaryKey().autoIncrement() : column.primaryKey(),
    )
    .addColumn('sequence', 'bigint')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('dataschema', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('traceparent', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  const index = db.schema.createIndex(`${outbox}_sequence`).ifNotExists();
  await index.on(outbox).column('sequence').unique().execute();
}

async function createRelay(
  db: Kysely<EventTables>,
  { outbox_relay }: EventTableNames,
  name: string,
): Promise<void> {
  await db.schema
    .createTable(outbox_relay)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('sent', 'bigint', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('leased_until', 'bigint', (column) => column.notNull())
    .execute();
  const row = { name, sent: 0, owner: null, leased_until: 0 };
  const relay = db.insertInto(outbox_relay).values(row);
  await relay.onConflict((conflict) => conflict.doNothing()).execute();
}

async function createGroups(db: Kysely<unknown>, { outbox_groups }: EventTableNames): Promise<void> {
  await db.schema
    .createTable(outbox_groups)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('handled', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createHandledEvents(db: Kysely<unknown>, { handled_events }: EventTableNames): Promise<void> {
  await db.schema
    .createTable(handled_events)
    .ifNotExists()
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('handled_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${handled_events}_key`, ['source', 'subject'])
    .execute();
}

async function createParkedEvents(db: Kysely<unknown>, { parked_events }: EventTableNames): Promise<void> {
  await db.schema
    .createTable(parked_events)
    .ifNotExists()
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('attempt_at', 'bigint')
    .addColumn('error', 'text')
    .addColumn('parked_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${parked_events}_key`, ['source', 'subject', 'sequence'])
    .execute();
  // Due events and dead letters are found and counted by it.
  const index = db.schema.createIndex(`${parked_events}_attempt_at`).ifNotExists();
  await index.on(parked_events).column('attempt_at').execute();
}

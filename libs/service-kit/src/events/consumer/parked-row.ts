import type { Selectable } from 'kysely';
import type { CloudEvent } from '#contracts';
import type { EventTables } from '../event-tables.js';

/** An event that its group could not handle yet. */
export interface ParkedEvent {
  readonly event: CloudEvent;
  /** Failures so far. */
  readonly attempts: number;
  /** Message of the last failure; `null` for an event that waits behind another one, or for a process that handles it. */
  readonly error: string | null;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
}

/** A row of the table of parked events. */
export type ParkedRow = Selectable<EventTables['parked_events']>;

/** Names a parked event. */
export type ParkedKey = Pick<ParkedRow, 'source' | 'subject'> & { readonly sequence: number | string };

/** With the type as the first member, which the query for it requires. */
export const toJson = ({ type, ...others }: CloudEvent): string => JSON.stringify({ type, ...others });

/** PostgreSQL does not store U+0000 in text. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd');

export const keyOf = ({ source, subject, sequence }: ParkedKey) => ({
  source,
  subject,
  sequence: Number(sequence),
});

export const toParked = (row: ParkedRow): ParkedEvent => ({
  event: JSON.parse(row.event) as CloudEvent,
  attempts: row.attempts,
  error: row.error,
  parkedAt: row.parked_at,
});

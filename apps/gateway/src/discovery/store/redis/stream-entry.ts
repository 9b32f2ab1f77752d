import type { DiscoveryEventType } from '#contracts';
import type { RecordedChange } from '../registry-store.js';
import { instanceFrom } from './row.js';

/** An entry of the stream of changes: its id, and its fields as alternating names and values. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/** The parsed content of an entry. */
export interface ParsedEntry {
  readonly id: number;
  /** The id of the preceding entry; if that was not the last one read, entries were missed. */
  readonly since: number;
  /** `undefined`: the store was restored, and everything has to be read again. */
  readonly change: RecordedChange | undefined;
}

export function parseEntry([entryId, fields]: StreamEntry): ParsedEntry {
  const id = Number.parseInt(entryId, 10);
  const values = new Map<string, string>();
  for (let i = 0; i < fields.length; i += 2) values.set(fields[i] as string, fields[i + 1] as string);
  const [type = '', reason = '', before = '', after = ''] = ['type', 'reason', 'before', 'after'].map(
    (name) => values.get(name),
  );
  const change =
    type === 'restored'
      ? undefined
      : {
          id,
          at: Number(values.get('at')),
          type: type as DiscoveryEventType,
          reason,
          before: before === '' ? undefined : instanceFrom(before),
          after: after === '' ? undefined : instanceFrom(after),
        };
  return { id, since: Number(values.get('since')), change };
}

import { isProtected } from './field-names.js';

/**
 * Field names that the `Connection` fields of `raw` (name, value, name, …) list for removal; `undefined` for none.
 */
export function droppedByConnection(raw: readonly string[]): ReadonlySet<string> | undefined {
  let dropped: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (name.length === 10 && name.toLowerCase() === 'connection')
      dropped = collect(raw[i + 1] ?? '', dropped);
  }
  return dropped;
}

// The two options that nearly every message carries do not name fields.
const isPlain = (value: string): boolean => value === 'keep-alive' || value === 'close';

function collect(value: string, into: Set<string> | undefined): Set<string> | undefined {
  if (isPlain(value)) return into;
  const dropped = into ?? new Set<string>();
  for (const option of value.toLowerCase().split(',')) {
    const name = option.trim();
    if (!isProtected(name)) dropped.add(name);
  }
  return dropped;
}

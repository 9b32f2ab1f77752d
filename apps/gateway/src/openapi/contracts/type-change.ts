import type { Side } from './contract-change.js';
import type { PlainSchema } from './schema-reader.js';

/** Values that a change lists. */
const MAX_LISTED = 10;
/** Longest text of a value in a list. */
const MAX_VALUE = 100;

/** What clients of the old schema would not expect; `undefined`: nothing. */
export function typeChange(side: Side, old: PlainSchema, next: PlainSchema): string | undefined {
  if (old.types.size > 0 && next.types.size > 0) {
    // Every value that one side sends must be one that the other accepts.
    const [sent, accepted] = side === 'input' ? [old.types, next.types] : [next.types, old.types];
    if ([...sent].some((type) => !accepts(accepted, type)))
      return `${namesOf(old.types)} became ${namesOf(next.types)}`;
  }
  return side === 'input' ? valueChange(old, next) : undefined;
}

const accepts = (types: ReadonlySet<string>, type: string): boolean =>
  types.has(type) || (type === 'integer' && types.has('number'));

const namesOf = (types: ReadonlySet<string>): string => [...types].sort().join(' or ');

function valueChange(old: PlainSchema, { values: accepted }: PlainSchema): string | undefined {
  if (!accepted) return undefined;
  if (!old.values)
    // Alternatives can be lists of values too.
    return old.types.size > 0 && !old.isPartlyUnknown ? `accepts only ${listed([...accepted])}` : undefined;
  const missing = [...old.values].filter((value) => !accepted.has(value));
  return missing.length > 0 ? `no longer accepts ${listed(missing)}` : undefined;
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map((value) => value.slice(0, MAX_VALUE));
  const others = values.length - MAX_LISTED;
  return (others > 0 ? [...shown, `and ${others} more`] : shown).join(', ');
}

import { withoutOuterSpace, type FieldLines } from './field-lines.js';

/** A response that depends on more fields is not stored: hardly any request would match it. */
const MAX_NAMES = 16;

const NONE: readonly string[] = [];
const ABSENT = '\0';
const SEPARATOR = '\n';

/** Fields whose members are compared without regard to case. */
const IGNORES_CASE: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
]);

/** Reads a field of a request by its name in lower case; several fields of that name are joined by ", ". */
export type HeaderOf = (name: string) => string | undefined;

/**
 * The request fields that select a response (RFC 9111, section 4.1), in lower case and sorted; `undefined` if no other
 * request can be matched.
 */
export function varyNames(response: FieldLines): readonly string[] | undefined {
  const field = response.get('vary');
  if (field === undefined) return NONE;
  const members = field
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const names = [...new Set(members)].sort();
  return names.includes('*') || names.length > MAX_NAMES ? undefined : names;
}

/** The values of the fields `names` in a request: equal for requests that match each other. */
export function variantOf(names: readonly string[], headerOf: HeaderOf): string {
  let variant = '';
  for (const name of names) variant += normalised(name, headerOf(name)) + SEPARATOR;
  return variant;
}

/** White space around the members of a list has no meaning. */
function normalised(name: string, value: string | undefined): string {
  if (value === undefined) return ABSENT;
  const plain = value.includes(',')
    ? value.split(',').map(withoutOuterSpace).join()
    : withoutOuterSpace(value);
  return IGNORES_CASE.has(name) ? plain.toLowerCase() : plain;
}

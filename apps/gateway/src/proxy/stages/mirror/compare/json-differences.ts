/** What stands at a path, without its value. */
export type Kind = 'absent' | 'null' | 'boolean' | 'number' | 'text' | 'list' | 'object';

/** A path at which two values differ. */
export interface Difference {
  readonly path: string;
  readonly present: Kind;
  readonly mirror: Kind;
}

/** Maximum number of differences of one comparison. */
const MAX_DIFFERENCES = 1_000;
const MAX_DEPTH = 64;

/** A name that is not data itself, such as an id or an address. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z_-]{0,39}$/;

/**
 * The differences of two JSON values, by their paths: `$.items[*].price`. All items of a list share a path, and so do
 * members whose names look like data.
 */
export function jsonDifferences(present: unknown, mirror: unknown): readonly Difference[] {
  const found = new Map<string, Difference>();
  compare(present, mirror, '$', MAX_DEPTH, found);
  return [...found.values()];
}

type Found = Map<string, Difference>;

function compare(present: unknown, mirror: unknown, path: string, depth: number, found: Found): void {
  if (found.size >= MAX_DIFFERENCES || Object.is(present, mirror)) return;
  if (depth === 0) add(found, path, present, mirror);
  else if (Array.isArray(present) && Array.isArray(mirror)) {
    if (present.length !== mirror.length) add(found, `${path}.length`, present.length, mirror.length);
    const shared = Math.min(present.length, mirror.length);
    for (let i = 0; i < shared; i += 1) compare(present[i], mirror[i], `${path}[*]`, depth - 1, found);
  } else if (isObject(present) && isObject(mirror)) compareMembers(present, mirror, path, depth, found);
  else add(found, path, present, mirror);
}

type Members = Readonly<Record<string, unknown>>;

function compareMembers(present: Members, mirror: Members, path: string, depth: number, found: Found): void {
  for (const name of new Set([...Object.keys(present), ...Object.keys(mirror)])) {
    const at = `${path}.${PLAIN_NAME.test(name) ? name : '*'}`;
    compare(valueAt(present, name), valueAt(mirror, name), at, depth - 1, found);
  }
}

const valueAt = (members: Members, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined;

function add(found: Found, path: string, present: unknown, mirror: unknown): void {
  if (!found.has(path)) found.set(path, { path, present: kindOf(present), mirror: kindOf(mirror) });
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): Kind {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  return typeof value as 'boolean' | 'number' | 'object';
}

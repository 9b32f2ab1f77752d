type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The JSON merge patch (RFC 7396) that turns `before` into `after`; `undefined` if they are equal. A patch cannot tell
 * `null` from absent: a member that becomes `null` is removed.
 */
export function mergePatchOf<T extends object>(before: T, after: T): Json | undefined {
  let patch: Record<string, unknown> | undefined;
  for (const name in after) {
    const change = changeOf(before[name], after[name]);
    if (change !== undefined) (patch ??= {})[name] = change;
  }
  for (const name in before) if (isRemoved(before, after, name)) (patch ??= {})[name] = null;
  return patch;
}

const isRemoved = <T>(before: T, after: T, name: keyof T): boolean =>
  isPresent(before[name]) && !isPresent(after[name]);

const isPresent = (value: unknown): boolean => value !== null && value !== undefined;

/** The change of a member that is present after it; `undefined` without one. */
function changeOf(before: unknown, after: unknown): unknown {
  if (before === after || !isPresent(after)) return undefined;
  if (!isObject(after)) return Array.isArray(after) && isSame(before, after) ? undefined : after;
  return isObject(before) ? mergePatchOf(before, after) : after;
}

/** Lists are replaced as a whole. */
const isSame = (before: unknown, after: readonly unknown[]): boolean =>
  Array.isArray(before) &&
  before.length === after.length &&
  after.every((each, i) => each === before[i] || JSON.stringify(each) === JSON.stringify(before[i]));

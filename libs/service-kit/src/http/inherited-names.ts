// `toString`, `constructor`, `__proto__` and similar names.
const NAMES: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * A member of `value` with the name of a member that every object inherits. No valid member has such a name:
 * `__proto__` would replace the prototype of an object it is merged into, and class-validator treats the others as
 * known members.
 */
export const inheritedNameIn = (value: object): string | undefined =>
  Object.keys(value).find((name) => NAMES.has(name));

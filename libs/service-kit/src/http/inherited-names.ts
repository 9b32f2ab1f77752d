// `toString`, `constructor`, `__proto__` and the like.
const NAMES: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * A member of `value` that is called as something that every object inherits. No member that is meant is called so:
 * `__proto__` would replace the prototype of what it is merged into, and class-validator takes the others for known ones.
 */
export const inheritedNameIn = (value: object): string | undefined =>
  Object.keys(value).find((name) => NAMES.has(name));

import type { JsonObject } from '../openapi.js';

/** A set of pairs of schemas, compared by identity. */
export class SchemaPairs {
  private readonly partners = new Map<JsonObject, Set<JsonObject>>();

  has(before: JsonObject, after: JsonObject): boolean {
    return this.partners.get(before)?.has(after) === true;
  }

  /** Whether the pair is new. */
  add(before: JsonObject, after: JsonObject): boolean {
    const partners = this.partners.get(before);
    if (partners?.has(after)) return false;
    if (partners) partners.add(after);
    else this.partners.set(before, new Set([after]));
    return true;
  }
}

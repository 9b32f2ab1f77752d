import { isObject, listOf, type Json, type JsonObject, type OpenApiDocument } from '../openapi.js';
import type { ComparisonWork } from './comparison-work.js';

/** Longest chain of references. */
const MAX_REFERENCES = 20;
/** Stands for a value that is no object. */
const EMPTY: JsonObject = {};
/** Stands for what a reference without a target in the document refers to. */
export const UNKNOWN: JsonObject = {};

/** Follows the references of one document. */
export class DocumentReader {
  /** By reference: one that is long and used often must not cost its length each time. */
  private readonly targets = new Map<string, JsonObject>();

  constructor(
    readonly document: OpenApiDocument,
    readonly work: ComparisonWork,
  ) {}

  /** The object that a value is or refers to; members beside a `$ref` count for nothing. */
  resolved(value: Json | undefined): JsonObject {
    return this.follow(value, (object) => typeof object.$ref === 'string');
  }

  /** The schema that a value is or refers to. Members beside a `$ref` belong to a schema, so such a one is not followed. */
  schema(value: Json | undefined): JsonObject {
    return this.follow(value, isOnlyReference);
  }

  /** The target of a reference. */
  target(reference: string): JsonObject {
    const known = this.targets.get(reference);
    if (known) return known;
    const target = targetOf(this.document, reference);
    this.targets.set(reference, target);
    return target;
  }

  /** The items of a list; none if the value is no list. */
  list(value: Json | undefined): readonly Json[] {
    const items = listOf(value) ?? [];
    this.work.spend(items.length);
    return items;
  }

  /** The members of an object; none if the value is no object. */
  members(value: Json | undefined): readonly (readonly [name: string, value: Json])[] {
    const members = isObject(value) ? Object.entries(value) : [];
    this.work.spend(members.length);
    return members;
  }

  private follow(value: Json | undefined, isReference: (object: JsonObject) => boolean): JsonObject {
    let current = isObject(value) ? value : EMPTY;
    for (let i = 0; i < MAX_REFERENCES && isReference(current); i += 1)
      current = this.target(current.$ref as string);
    return isReference(current) ? UNKNOWN : current;
  }
}

function isOnlyReference(object: JsonObject): boolean {
  if (typeof object.$ref !== 'string') return false;
  for (const name in object) if (name !== '$ref') return false;
  return true;
}

function targetOf(document: OpenApiDocument, reference: string): JsonObject {
  const pointer = pointerOf(reference);
  if (pointer === undefined) return UNKNOWN;
  let current: Json | undefined = document;
  for (const name of pointer.slice(1).split('/')) {
    const member: string = name.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isObject(current) || !Object.hasOwn(current, member)) return UNKNOWN;
    current = current[member];
  }
  return isObject(current) ? current : UNKNOWN;
}

/** The JSON pointer of a reference within the document (RFC 6901, section 6). */
function pointerOf(reference: string): string | undefined {
  if (!reference.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
}

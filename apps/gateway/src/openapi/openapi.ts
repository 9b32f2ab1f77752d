/** A JSON value in a document. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

/** The members of an OpenAPI 3 document that merging needs. */
export interface OpenApiDocument extends JsonObject {
  readonly openapi: string;
  readonly info: JsonObject;
  readonly paths: Readonly<Record<string, JsonObject>>;
}

/** Reason why a document cannot be merged; its text is public. */
export class UnusableDocument extends Error {
  override readonly name = 'UnusableDocument';
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of an object if it is itself an object, otherwise an empty object. */
export const objectIn = (parent: JsonObject, member: string): JsonObject => {
  const value = Object.hasOwn(parent, member) ? parent[member] : undefined;
  return isObject(value) ? value : {};
};

/** The value if it is a list, otherwise `undefined`. */
export const listOf = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? (value as readonly Json[]) : undefined;

/** A copy with every value mapped. */
export const mapValues = (
  object: JsonObject,
  map: (value: Json, key: string) => Json,
): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

/**
 * Checks that a service's document has the structure that merging requires.
 * @throws UnusableDocument
 */
export function asDocument(value: unknown): OpenApiDocument {
  if (!isObject(value)) throw new UnusableDocument('the document is not a JSON object');
  if (typeof value.openapi !== 'string' || !/^3\.\d/.test(value.openapi))
    throw new UnusableDocument('the document is not an OpenAPI 3 document');
  if (!isObject(value.paths)) throw new UnusableDocument('the document has no paths');
  const bad = Object.entries(value.paths).find(([path, item]) => !path.startsWith('/') || !isObject(item));
  if (bad) throw new UnusableDocument(`the document has a malformed path "${bad[0].slice(0, 80)}"`);
  return {
    ...value,
    openapi: value.openapi,
    info: objectIn(value, 'info'),
    paths: value.paths as OpenApiDocument['paths'],
  };
}

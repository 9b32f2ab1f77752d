import { isObject, listOf, objectIn, type Json, type JsonObject, type OpenApiDocument } from '../openapi.js';

/** Longest chain of references. */
const MAX_REFERENCES = 20;

/** The object that a value of `document` is, or refers to within the document; empty for anything else. */
export function resolved(document: OpenApiDocument, value: Json | undefined): JsonObject {
  let current = isObject(value) ? value : {};
  for (let i = 0; i < MAX_REFERENCES && typeof current.$ref === 'string'; i += 1)
    current = targetOf(document, current.$ref);
  return typeof current.$ref === 'string' ? {} : current;
}

function targetOf(document: OpenApiDocument, reference: string): JsonObject {
  if (!reference.startsWith('#/')) return {};
  const names = reference.slice(2).split('/');
  return names.reduce<JsonObject>(
    (parent, name) => objectIn(parent, name.replaceAll('~1', '/').replaceAll('~0', '~')),
    document,
  );
}

/** A schema as far as it is compared: the parts of an `allOf` together. */
export interface PlainSchema {
  /** Empty: unknown, or any. `null` stands for `nullable` too. */
  readonly types: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, Json>;
  readonly required: ReadonlySet<string>;
  readonly items: Json | undefined;
  /** As JSON; `undefined`: every value of the type. */
  readonly values: ReadonlySet<string> | undefined;
}

const UNKNOWN: PlainSchema = {
  types: new Set(),
  properties: new Map(),
  required: new Set(),
  items: undefined,
  values: undefined,
};

/** Reads the schemas of one document, each once: one that is used in many parts must not cost its size each time. */
export class SchemaReader {
  private readonly known = new WeakMap<JsonObject, PlainSchema>();

  constructor(private readonly document: OpenApiDocument) {}

  /** The schema that `value` is or refers to. Of alternatives (`oneOf`, `anyOf`), only the types are known. */
  read(value: Json | undefined): PlainSchema {
    const schema = resolved(this.document, value);
    const known = this.known.get(schema);
    if (known) return known;
    // Stands for the schema inside of itself.
    this.known.set(schema, UNKNOWN);
    const plain = this.merged(schema);
    this.known.set(schema, plain);
    return plain;
  }

  private merged(schema: JsonObject): PlainSchema {
    const parts = (listOf(schema.allOf) ?? []).map((part) => this.read(part));
    return {
      types: new Set([
        ...ownTypes(schema),
        ...this.alternativeTypes(schema),
        ...parts.flatMap(({ types }) => [...types]),
      ]),
      properties: new Map([
        ...parts.flatMap(({ properties }) => [...properties]),
        ...Object.entries(objectIn(schema, 'properties')),
      ]),
      required: new Set([
        ...parts.flatMap(({ required }) => [...required]),
        ...(listOf(schema.required) ?? []).filter((name) => typeof name === 'string'),
      ]),
      items: schema.items ?? parts.find(({ items }) => items !== undefined)?.items,
      values: valuesOf(schema) ?? parts.find(({ values }) => values !== undefined)?.values,
    };
  }

  /** None if the type of one alternative is unknown: then that of the whole is. */
  private alternativeTypes({ oneOf, anyOf }: JsonObject): readonly string[] {
    const alternatives = (listOf(oneOf) ?? listOf(anyOf) ?? []).map((each) => this.read(each).types);
    return alternatives.every((types) => types.size > 0) ? alternatives.flatMap((types) => [...types]) : [];
  }
}

function valuesOf(schema: JsonObject): ReadonlySet<string> | undefined {
  const values = listOf(schema.enum);
  return values && new Set(values.map((value) => JSON.stringify(value)));
}

function ownTypes(schema: JsonObject): ReadonlySet<string> {
  const { type, nullable } = schema;
  const names = (listOf(type) ?? [type]).filter((name) => typeof name === 'string');
  if (names.length === 0 && isObject(schema.properties)) names.push('object');
  return new Set(names.length > 0 && nullable === true ? [...names, 'null'] : names);
}

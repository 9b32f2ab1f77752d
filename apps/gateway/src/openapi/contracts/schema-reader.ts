import { isObject, listOf, type Json, type JsonObject } from '../openapi.js';
import { UNKNOWN, type DocumentReader } from './document-reader.js';

/** A schema as far as it is compared: the parts of an `allOf` together. */
export interface PlainSchema {
  /** Empty: unknown, or any. `null` stands for `nullable` too. */
  readonly types: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, Json>;
  readonly required: ReadonlySet<string>;
  readonly items: Json | undefined;
  /** The schema of members without a name of their own. */
  readonly additional: Json | undefined;
  /** As JSON, without `null`; `undefined`: every value of the type. */
  readonly values: ReadonlySet<string> | undefined;
  /** Whether it has parts that are not compared: alternatives, or a reference without a target. */
  readonly isPartlyUnknown: boolean;
}

/** Alternatives within alternatives, of which the types are read. */
const MAX_DEPTH = 50;
const NO_TYPES: ReadonlySet<string> = new Set();

/** Reads the schemas of one document. */
export class SchemaReader {
  private readonly types = new Map<JsonObject, ReadonlySet<string>>();
  private readonly values = new Map<JsonObject, ReadonlySet<string>>();

  constructor(private readonly document: DocumentReader) {}

  /** The schema that a value is or refers to. */
  schema(value: Json | undefined): JsonObject {
    return this.document.schema(value);
  }

  /** Of alternatives (`oneOf`, `anyOf`), only the types are known. */
  read(schema: JsonObject): PlainSchema {
    const parts = this.partsOf(schema);
    const additional = firstOf(parts, (part) => part.additionalProperties);
    return {
      types: this.typesOf(parts, 0),
      properties: this.propertiesOf(parts),
      required: new Set(parts.flatMap((part) => this.document.list(part.required)).filter(isText)),
      items: firstOf(parts, (part) => part.items),
      additional: isObject(additional) ? additional : undefined,
      values: firstOf(parts, (part) => this.valuesOf(part)),
      isPartlyUnknown: parts.some((part) => part === UNKNOWN || this.alternativesOf(part).length > 1),
    };
  }

  /** Whether a schema has a member such as `readOnly`. */
  isMarked(value: Json | undefined, mark: 'readOnly' | 'writeOnly'): boolean {
    return (isObject(value) && value[mark] === true) || this.document.resolved(value)[mark] === true;
  }

  /** The schemas that apply together. A schema or `null` is the schema, and nullable. */
  private partsOf(schema: JsonObject): readonly JsonObject[] {
    const parts = new Set([schema]);
    for (const part of parts) {
      this.document.work.spend(1);
      if (isText(part.$ref)) parts.add(this.document.target(part.$ref));
      const alternatives = this.alternativesOf(part);
      const [only] = alternatives.length === 1 ? alternatives : [];
      if (only !== undefined) parts.add(this.schema(only));
      for (const each of this.document.list(part.allOf)) parts.add(this.schema(each));
    }
    return [...parts];
  }

  private alternativesOf({ oneOf, anyOf }: JsonObject): readonly Json[] {
    return this.document.list(oneOf ?? anyOf).filter((each) => !isNull(each));
  }

  private propertiesOf(parts: readonly JsonObject[]): ReadonlyMap<string, Json> {
    const properties = new Map<string, Json>();
    for (const part of parts)
      for (const [name, schema] of this.document.members(part.properties))
        if (!properties.has(name)) properties.set(name, schema);
    return properties;
  }

  private typesOf(parts: readonly JsonObject[], depth: number): ReadonlySet<string> {
    const types = new Set(
      parts.flatMap((part) => [...this.ownTypes(part), ...this.alternativeTypes(part, depth)]),
    );
    if (types.size > 0 && parts.some((part) => this.isNullable(part))) types.add('null');
    return types;
  }

  private ownTypes({ type, properties }: JsonObject): readonly string[] {
    const names = isText(type) ? [type] : this.document.list(type).filter(isText);
    return names.length === 0 && isObject(properties) ? ['object'] : names;
  }

  /** None if the type of one alternative is unknown: then that of the whole is. */
  private alternativeTypes(part: JsonObject, depth: number): readonly string[] {
    const alternatives = this.alternativesOf(part);
    // A single one is a part.
    if (alternatives.length < 2 || depth === MAX_DEPTH) return [];
    const types = alternatives.map((each) => this.typesAt(this.schema(each), depth + 1));
    return types.every(({ size }) => size > 0) ? types.flatMap((each) => [...each]) : [];
  }

  private typesAt(schema: JsonObject, depth: number): ReadonlySet<string> {
    const known = this.types.get(schema);
    if (known) return known;
    // Stands for the schema inside of itself.
    this.types.set(schema, NO_TYPES);
    const types = this.typesOf(this.partsOf(schema), depth);
    this.types.set(schema, types);
    return types;
  }

  private isNullable({ nullable, oneOf, anyOf }: JsonObject): boolean {
    return nullable === true || (listOf(oneOf ?? anyOf) ?? []).some(isNull);
  }

  /** Each list is made once: its values can be long. */
  private valuesOf(part: JsonObject): ReadonlySet<string> | undefined {
    const list = part.const === undefined ? listOf(part.enum) : [part.const];
    if (!list) return undefined;
    this.document.work.spend(list.length);
    const known = this.values.get(part);
    if (known) return known;
    const values = new Set(list.filter((value) => value !== null).map((value) => JSON.stringify(value)));
    this.values.set(part, values);
    return values;
  }
}

const isText = (value: Json | undefined): value is string => typeof value === 'string';

/** Whether a schema is that of `null` alone. */
const isNull = (schema: Json): boolean =>
  isObject(schema) && (schema.type === 'null' || schema.const === null);

function firstOf<T>(parts: readonly JsonObject[], read: (part: JsonObject) => T | undefined): T | undefined {
  for (const part of parts) {
    const found = read(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

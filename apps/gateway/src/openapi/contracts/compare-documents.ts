import { isObject, listOf, objectIn, type Json, type JsonObject, type OpenApiDocument } from '../openapi.js';
import { SchemaComparison, type ReportChange } from './compare-schemas.js';
import type { ContractChange } from './contract-change.js';
import { resolved } from './resolved.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const MAX_CHANGES = 100;
/** Longest text of a change: names come from the document. */
const MAX_TEXT = 300;
/** A parameter in a path template. `{` is excluded inside, so that a text of braces takes no quadratic time. */
export const PLACEHOLDER = /\{[^{}]*\}/g;
/** OpenAPI ignores header parameters with these names. */
const IGNORED_HEADERS = new Set(['accept', 'authorization', 'content-type']);

/** An operation with what its path declares for it. */
interface Operation {
  readonly operation: JsonObject;
  readonly parameters: ReadonlyMap<string, JsonObject>;
}

/**
 * The differences of two documents of a service that can break clients of the first, at most 100. Additions, texts and
 * examples are no such differences; of `oneOf` and `anyOf` only the types are compared.
 */
export function breakingChanges(accepted: OpenApiDocument, next: OpenApiDocument): readonly ContractChange[] {
  const changes: ContractChange[] = [];
  const schemas = new SchemaComparison(accepted, next);
  const later = operationsOf(next);
  for (const [key, { name, ...before }] of operationsOf(accepted)) {
    const report: ReportChange = (kind, at, detail) => {
      if (changes.length < MAX_CHANGES)
        changes.push({ kind, operation: cut(name), at: cut(at), detail: cut(detail) });
    };
    const after = later.get(key);
    if (!after) report('operation-removed', '', 'the operation is no longer documented');
    else compareOperations({ accepted, next, schemas, report }, before, after);
  }
  return changes;
}

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

interface Comparison {
  readonly accepted: OpenApiDocument;
  readonly next: OpenApiDocument;
  readonly schemas: SchemaComparison;
  readonly report: ReportChange;
}

function compareOperations(comparison: Comparison, before: Operation, after: Operation): void {
  compareParameters(comparison, before.parameters, after.parameters);
  compareBodies(comparison, before.operation.requestBody, after.operation.requestBody);
  compareResponses(
    comparison,
    objectIn(before.operation, 'responses'),
    objectIn(after.operation, 'responses'),
  );
}

function compareParameters(
  { schemas, report }: Comparison,
  before: Operation['parameters'],
  after: Operation['parameters'],
): void {
  for (const [key, parameter] of after) {
    const old = before.get(key);
    if (parameter.required === true && old?.required !== true)
      report('input-required', key, 'requests must have this parameter');
    if (old) schemas.compare('input', old.schema, parameter.schema, key, report);
  }
}

function compareBodies(
  { accepted, next, schemas, report }: Comparison,
  before: Json | undefined,
  after: Json | undefined,
): void {
  const [old, body] = [resolved(accepted, before), resolved(next, after)];
  if (body.required === true && old.required !== true)
    report('input-required', 'request body', 'requests must have a body');
  const [oldSchema, schema] = [schemaOf(old), schemaOf(body)];
  if (oldSchema !== undefined && schema !== undefined)
    schemas.compare('input', oldSchema, schema, 'request', report);
}

function compareResponses(
  { accepted, next, schemas, report }: Comparison,
  before: JsonObject,
  after: JsonObject,
): void {
  for (const status of Object.keys(before).filter((each) => each.startsWith('2'))) {
    const found = after[status] ?? after['2XX'] ?? after.default;
    if (found === undefined)
      report('operation-removed', `response ${status}`, 'the response is no longer documented');
    const [oldSchema, schema] = [
      schemaOf(resolved(accepted, before[status])),
      schemaOf(resolved(next, found)),
    ];
    if (oldSchema !== undefined && schema !== undefined)
      schemas.compare('output', oldSchema, schema, `response ${status}`, report);
  }
}

/** The schema of the JSON content, if there is some. */
function schemaOf(message: JsonObject): Json | undefined {
  const content = objectIn(message, 'content');
  const type = Object.keys(content).find((each) => /^application\/([\w.-]+\+)?json\b/.test(each));
  return type === undefined ? undefined : objectIn(content, type).schema;
}

/** The operations of a document. Names of path parameters make no difference, so keys have none. */
function operationsOf(document: OpenApiDocument): ReadonlyMap<string, Operation & { readonly name: string }> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => isObject(item[method])).map((method) => {
        const operation = objectIn(item, method);
        const parameters = new Map([
          ...parametersOf(document, item.parameters),
          ...parametersOf(document, operation.parameters),
        ]);
        const name = `${method.toUpperCase()} ${path}`;
        return [name.replace(PLACEHOLDER, '{}'), { name, operation, parameters }] as const;
      }),
    ),
  );
}

/** Path parameters are part of the path. */
function parametersOf(document: OpenApiDocument, list: Json | undefined): [string, JsonObject][] {
  return (listOf(list) ?? [])
    .map((each) => resolved(document, each))
    .flatMap((parameter) => {
      const { name, in: place } = parameter;
      if (typeof name !== 'string' || typeof place !== 'string' || place === 'path') return [];
      if (place === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return [];
      return [[`${place} ${place === 'header' ? name.toLowerCase() : name}`, parameter]];
    });
}

import { isObject, objectIn, type JsonObject } from '../openapi.js';
import type { DocumentReader } from './document-reader.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
/** A parameter in a path template. `{` is excluded inside, so that a text of braces takes no quadratic time. */
export const PLACEHOLDER = /\{[^{}]*\}/g;
/** OpenAPI ignores header parameters with these names. */
const IGNORED_HEADERS = new Set(['accept', 'authorization', 'content-type']);

/** An operation of a document. */
export interface Operation {
  /** Method and path template. */
  readonly name: string;
  readonly path: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

/** A parameter of an operation. */
export interface Parameter {
  /** Where it stands in a request: `query view`. */
  readonly at: string;
  readonly isInPath: boolean;
  readonly parameter: JsonObject;
}

/** The operations of a document, by names without those of path parameters, which make no difference to a client. */
export function* operationsOf(reader: DocumentReader): Generator<readonly [key: string, Operation]> {
  for (const [path, value] of Object.entries(reader.document.paths)) {
    const item = reader.resolved(value);
    for (const method of METHODS.filter((each) => isObject(item[each]))) {
      const name = `${method.toUpperCase()} ${path}`;
      yield [name.replace(PLACEHOLDER, '{}'), { name, path, item, operation: objectIn(item, method) }];
    }
  }
}

/** The parameters of an operation and its path. Those in the path have their position for a name. */
export function parametersOf(
  reader: DocumentReader,
  { path, item, operation }: Operation,
): ReadonlyMap<string, Parameter> {
  const positions = new Map((path.match(PLACEHOLDER) ?? []).map((name, i) => [name, i]));
  const all = [...reader.list(item.parameters), ...reader.list(operation.parameters)];
  return new Map(
    all
      .map((each) => reader.resolved(each))
      .flatMap((parameter) => {
        const { name, in: place } = parameter;
        if (typeof name !== 'string' || typeof place !== 'string') return [];
        const isInPath = place === 'path';
        const known = place === 'header' ? name.toLowerCase() : name;
        if (place === 'header' && IGNORED_HEADERS.has(known)) return [];
        const at = `${place} ${known}`;
        const key = isInPath ? `path ${positions.get(`{${name}}`) ?? ''}` : at;
        return [[key, { at, isInPath, parameter }] as const];
      }),
  );
}

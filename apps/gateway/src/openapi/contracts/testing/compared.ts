import { asDocument, type JsonObject } from '../../openapi.js';
import { breakingChanges } from '../compare-documents.js';

/** Paths and components of a document. */
export interface DocumentParts {
  readonly paths: JsonObject;
  readonly components?: JsonObject;
}

export const documentOf = ({ paths, components = {} }: DocumentParts) =>
  asDocument({ openapi: '3.1.0', info: {}, paths, components });

/** The changes from one document to another, a line each. */
export async function linesOf(accepted: DocumentParts, next: DocumentParts): Promise<readonly string[]> {
  const { changes } = await breakingChanges(documentOf(accepted), documentOf(next));
  return changes.map(({ kind, at, detail }) => `${kind}: ${at}: ${detail}`);
}

export const content = (schema: JsonObject | undefined, type = 'application/json'): JsonObject => ({
  content: { [type]: schema === undefined ? {} : { schema } },
});

/** A document of one operation with these responses. */
export const responding = (responses: JsonObject, schemas: JsonObject = {}): DocumentParts => ({
  paths: { '/a': { get: { responses } } },
  components: { schemas },
});

/** A document of one operation with this request body. */
export const receiving = (requestBody: JsonObject, schemas: JsonObject = {}): DocumentParts => ({
  paths: { '/a': { post: { requestBody, responses: { 204: {} } } } },
  components: { schemas },
});

export const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

/** The changes of the schema of a response. */
export const inResponse = (before: JsonObject, after: JsonObject, schemas: JsonObject = {}) =>
  linesOf(responding({ 200: content(before) }, schemas), responding({ 200: content(after) }, schemas));

/** The changes of the schema of a request. */
export const inRequest = (before: JsonObject, after: JsonObject, schemas: JsonObject = {}) =>
  linesOf(receiving(content(before), schemas), receiving(content(after), schemas));

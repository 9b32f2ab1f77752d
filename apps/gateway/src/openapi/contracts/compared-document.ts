import type { Instance } from '../../discovery/index.js';
import type { DocumentSource } from '../document-source.js';
import { UnusableDocument, type OpenApiDocument } from '../openapi.js';

const MAX_INSTANCES_TRIED = 2;

/**
 * What is compared of the OpenAPI document of a version.
 * @param instances of the version
 * @returns the document, or the reason why there is none
 */
export async function comparedDocument(
  source: Pick<DocumentSource, 'fetchDocument'>,
  instances: readonly Instance[],
): Promise<OpenApiDocument | string> {
  let reason = '';
  for (const instance of instances.slice(0, MAX_INSTANCES_TRIED)) {
    try {
      return withoutTexts(await source.fetchDocument(instance));
    } catch (error) {
      if (!(error instanceof UnusableDocument)) throw error;
      reason = error.message;
    }
  }
  return reason;
}

/** Deeper documents are not compared: schemas are read recursively. */
const MAX_NESTING = 200;

const TEXTS = new Set(['description', 'summary', 'example', 'examples', 'externalDocs']);
/** Members whose own members have names that the document chooses, such as those of a schema's properties. */
const CHOSEN_NAMES = new Set(['properties', 'patternProperties', 'paths', 'schemas', 'responses', 'headers']);

/**
 * A document without texts and examples: it is kept for as long as the service is known.
 * @throws UnusableDocument if it is nested too deeply
 */
export function withoutTexts({
  openapi,
  info,
  paths,
  components,
  servers,
}: OpenApiDocument): OpenApiDocument {
  const kept = { openapi, info: { title: info.title ?? '' }, paths, ...(components && { components }) };
  return strip({ ...kept, ...(servers && { servers }) }, false, 0) as OpenApiDocument;
}

function strip(value: unknown, hasChosenNames: boolean, depth: number): unknown {
  if (depth > MAX_NESTING) throw new UnusableDocument('its document is nested too deeply');
  if (Array.isArray(value)) return value.map((item: unknown) => strip(item, false, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => hasChosenNames || !TEXTS.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      strip(member, !hasChosenNames && CHOSEN_NAMES.has(name), depth + 1),
    ]),
  );
}

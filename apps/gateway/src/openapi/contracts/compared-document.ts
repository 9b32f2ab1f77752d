import type { Instance } from '../../discovery/index.js';
import { inSlices } from '../../proxy/index.js';
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
      return await withoutTexts(await source.fetchDocument(instance));
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
 * A document without texts and examples: it is kept for as long as the service is known. The event loop turns meanwhile.
 * @throws UnusableDocument if it is nested too deeply
 */
export async function withoutTexts({
  openapi,
  info,
  paths,
  components,
  servers,
}: OpenApiDocument): Promise<OpenApiDocument> {
  const kept = { openapi, info: { title: info.title ?? '' }, paths, ...(components && { components }) };
  const copying = new CopyWithoutTexts();
  const copy = copying.copy({ ...kept, ...(servers && { servers }) }, false, 0);
  for await (const copyMembers of inSlices(copying.steps)) copyMembers();
  return copy as OpenApiDocument;
}

/** Copies a value, each object or list in a step of its own. */
class CopyWithoutTexts {
  /** Copies the members of one object or list; grows while it is walked. */
  readonly steps: (() => void)[] = [];

  /** @returns a copy whose members follow in steps */
  copy(value: unknown, hasChosenNames: boolean, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_NESTING) throw new UnusableDocument('its document is nested too deeply');
    const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
    this.steps.push(() => {
      for (const [name, member] of Object.entries(value))
        if ((hasChosenNames || !TEXTS.has(name)) && name !== '__proto__')
          copy[name] = this.copy(member, !hasChosenNames && CHOSEN_NAMES.has(name), depth + 1);
    });
    return copy;
  }
}

import { isObject, type Json, type JsonObject } from '../openapi.js';
import type { SchemaPair } from './compare-schemas.js';
import type { ReportChange, Side } from './contract-change.js';
import type { DocumentReader } from './document-reader.js';

/** The schemas of a body by media type. */
type Content = ReadonlyMap<string, Json | undefined>;

/** A request body or a response of a document. */
export interface Message {
  readonly reader: DocumentReader;
  readonly message: JsonObject;
}

/**
 * Compares the media types of a body.
 * @returns the schemas to compare
 */
export function compareContent(
  side: Side,
  before: Message,
  after: Message,
  at: string,
  report: ReportChange,
): readonly SchemaPair[] {
  const [old, next] = [contentOf(before), contentOf(after)];
  // A service that documents no request body takes none, and ignores what it gets.
  if (side === 'input' && next.size === 0) return [];
  const pairs: SchemaPair[] = [];
  for (const [type, schema] of old) {
    const found = matching(next, type);
    const place = isJson(type) ? at : `${at} (${type})`;
    if (found === undefined) report('type-changed', at, noLonger(side, type));
    else if (side === 'output' && saysMore(schema, next.get(found)))
      report('response-member-removed', place, 'the schema is no longer documented');
    else if (schema !== undefined && next.get(found) !== undefined)
      pairs.push({ before: schema, after: next.get(found), at: place });
  }
  return pairs;
}

function contentOf({ reader, message }: Message): Content {
  return new Map(
    reader
      .members(message.content)
      .map(([type, each]) => [mediaTypeOf(type), isObject(each) ? each.schema : undefined]),
  );
}

/** Without parameters such as `charset`. */
const mediaTypeOf = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase();

const isJson = (type: string): boolean => /^application\/([\w.-]+\+)?json$/.test(type);

const noLonger = (side: Side, type: string): string =>
  side === 'input' ? `no longer accepts ${type}` : `responses are no longer ${type}`;

const saysMore = (before: Json | undefined, after: Json | undefined): boolean =>
  isObject(before) && Object.keys(before).length > 0 && after === undefined;

/** The media type of `content` that is `type`, or a range (RFC 9110, section 12.5.1) that has it or that it has. */
function matching(content: Content, type: string): string | undefined {
  const [major = ''] = type.split('/', 1);
  const found = [type, `${major}/*`, '*/*'].find((each) => content.has(each));
  if (found !== undefined || !type.endsWith('/*')) return found;
  const prefix = type === '*/*' ? '' : `${major}/`;
  return [...content.keys()].find((each) => each.startsWith(prefix));
}

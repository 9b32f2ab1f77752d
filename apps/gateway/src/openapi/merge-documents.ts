import { mountDocument, type Mounted, type RequirementsOf } from './mount-document.js';
import {
  isObject,
  listOf,
  mapValues,
  objectIn,
  type Json,
  type JsonObject,
  type OpenApiDocument,
} from './openapi.js';

/** The document of a service, or the reason why there is none. */
export type ServiceDocument =
  | {
      readonly name: string;
      readonly document: OpenApiDocument;
      /** Paths that the gateway hides from clients are omitted; if this member is absent, none is. */
      readonly isInternal?: (path: string) => boolean;
      /** The credentials that the gateway requires beside the service; if this member is absent, none. */
      readonly requirementsOf?: RequirementsOf;
    }
  | { readonly name: string; readonly reason: string };

type WithDocument = Extract<ServiceDocument, { document: unknown }>;

interface Unavailable {
  readonly name: string;
  readonly reason: string;
}

interface Mount extends Mounted {
  readonly name: string;
}

/**
 * Merges the documents of all services into the gateway's own. A document that cannot be merged is omitted and listed
 * with the reason.
 */
export function mergeDocuments(own: OpenApiDocument, services: readonly ServiceDocument[]): OpenApiDocument {
  const mounts: Mount[] = [];
  const unavailable: Unavailable[] = [];
  for (const service of services) {
    const mounted = 'reason' in service ? service.reason : tryToMount(service);
    if (typeof mounted === 'string') unavailable.push({ name: service.name, reason: mounted });
    else mounts.push({ ...mounted, name: service.name });
  }
  return {
    ...own,
    info: { ...own.info, description: describe(own.info.description, unavailable) },
    // The page shows operations in this order: first what the system is for.
    paths: Object.assign({}, ...mounts.map(({ paths }) => paths), own.paths) as OpenApiDocument['paths'],
    components: mergeComponents([...mounts.map(({ components }) => components), objectIn(own, 'components')]),
    tags: [...mounts.flatMap(({ tags }) => tags), ...(listOf(own.tags) ?? [])],
    'x-unavailable-services': unavailable.map((each) => ({ ...each })),
  };
}

function tryToMount({ name, document, isInternal, requirementsOf }: WithDocument): Mounted | string {
  try {
    return mountDocument(name, document, isInternal, requirementsOf);
  } catch {
    // The document is nested more deeply than the stack allows.
    return 'the document is malformed';
  }
}

function mergeComponents(all: readonly JsonObject[]): JsonObject {
  const sections = new Set(all.flatMap((components) => Object.keys(components)));
  const merged = Object.fromEntries([...sections].map((section) => [section, null]));
  return mapValues(merged, (_value, section) =>
    Object.fromEntries(
      all.flatMap((components) => {
        const names = components[section];
        return isObject(names) ? Object.entries(names) : [];
      }),
    ),
  );
}

function describe(description: Json | undefined, unavailable: readonly Unavailable[]): string {
  const text = typeof description === 'string' ? description : '';
  if (unavailable.length === 0) return text;
  const lines = unavailable.map(({ name, reason }) => `- ${name}: ${reason}`);
  return `${text}\n\nServices without an available document, not included here:\n${lines.join('\n')}`;
}

import {
  isObject,
  listOf,
  mapValues,
  objectIn,
  type Json,
  type JsonObject,
  type OpenApiDocument,
} from './openapi.js';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** What the gateway requires of an operation; `path` is that of the service. */
export type RequirementsOf = (method: string, path: string) => readonly JsonObject[] | undefined;

/** The part of the merged document that comes from one service. */
export type Mounted = Pick<OpenApiDocument, 'paths'> & {
  readonly components: JsonObject;
  readonly tags: readonly Json[];
};

/**
 * A service's document as seen through the gateway: paths are under the service's prefix, and every name (components,
 * tags, operation ids, security schemes) is prefixed with the service's name, so that two services may both have a
 * `Page`.
 */
export function mountDocument(
  service: string,
  document: OpenApiDocument,
  isInternal: (path: string) => boolean = () => false,
  requirementsOf: RequirementsOf = () => undefined,
): Mounted {
  const base = basePathOf(document);
  const prefix = `/api/${service}${base}`;
  const own = new OwnNames(service, prefix);
  const [hidden, shown] = partition(Object.entries(document.paths), ([path]) => isInternal(base + path));
  const [ofHidden, ofShown] = [tagsIn(hidden), tagsIn(shown)];
  const isHidden = onlyReachedFrom(hidden, shown, objectIn(document, 'components'));
  const paths = shown.map(([path, item]) => {
    const required = (method: string) => requirementsOf(method, base + path);
    return [prefixed(prefix, path), own.pathItem(item, document.security, required)];
  });
  return {
    paths: Object.fromEntries(paths) as Mounted['paths'],
    components: mapValues(objectIn(document, 'components'), (section, kind) =>
      own.section(section, (name) => isHidden(`${kind}/${name}`)),
    ),
    tags: tagsOf(document)
      .filter(({ name }) => !ofHidden.has(name) || ofShown.has(name))
      .map((tag) => ({ ...tag, name: own.tag(tag.name ?? '') })),
  };
}

/** The tags of the operations of these paths. */
const tagsIn = (items: readonly (readonly [path: string, item: Json | undefined])[]): ReadonlySet<unknown> =>
  new Set(
    items
      .flatMap(([, item]) => (isObject(item) ? Object.values(item) : []))
      .flatMap((operation) => (isObject(operation) ? (listOf(operation.tags) ?? []) : [])),
  );

const partition = <T>(all: readonly T[], test: (each: T) => boolean): [T[], T[]] => [
  all.filter(test),
  all.filter((each) => !test(each)),
];

/** Whether a component, named `schemas/Name`, is used by `hidden` and not by `shown`, directly or through others. */
function onlyReachedFrom(
  hidden: unknown,
  shown: unknown,
  components: JsonObject,
): (component: string) => boolean {
  const [ofHidden, ofShown] = [reachedFrom(hidden, components), reachedFrom(shown, components)];
  return (component) => ofHidden.has(component) && !ofShown.has(component);
}

const COMPONENT = /"#\/components\/([^"/]+\/[^"/]+)"/g;

function reachedFrom(root: unknown, components: JsonObject): ReadonlySet<string> {
  const found = new Set<string>();
  const queue: unknown[] = [root];
  for (const node of queue)
    for (const [, component = ''] of JSON.stringify(node ?? null).matchAll(COMPONENT)) {
      if (found.has(component)) continue;
      found.add(component);
      const [section = '', name = ''] = component.split('/');
      queue.push(objectIn(components, section)[name]);
    }
  return found;
}

const prefixed = (prefix: string, path: string): string => (path === '/' ? prefix : prefix + path);

const tagsOf = ({ tags }: OpenApiDocument): JsonObject[] => (listOf(tags) ?? []).filter(isObject);

/** Paths of a document are relative to its first server; behind the gateway only the path of that server matters. */
export function basePathOf({ servers }: OpenApiDocument): string {
  const first = listOf(servers)?.[0];
  const url = isObject(first) && typeof first.url === 'string' ? first.url : '/';
  if (url.includes('{') || !URL.canParse(url, 'http://service')) return '';
  return new URL(url, 'http://service').pathname.replace(/\/+$/, '');
}

/** Requirements that are met where one of `first` and one of `second` is; an empty list requires nothing. */
const bothOf = (
  first: readonly JsonObject[],
  second: readonly JsonObject[] | undefined,
): readonly JsonObject[] =>
  first.flatMap((one) => (second?.length ? second : [{}]).map((other) => ({ ...one, ...other })));

/** Prefixes names with the name of one service. */
class OwnNames {
  constructor(
    private readonly service: string,
    private readonly prefix: string,
  ) {}

  tag(tag: Json): string {
    return typeof tag === 'string' && tag !== '' ? `${this.service}: ${tag}` : this.service;
  }

  /** A section of `components`: an object of named values. */
  section(section: Json, isHidden: (name: string) => boolean): Json {
    if (!isObject(section)) return {};
    return Object.fromEntries(
      Object.entries(section)
        .filter(([name]) => !isHidden(name))
        .map(([name, value]) => [this.name(name), this.rewrite(value)]),
    );
  }

  /**
   * @param security requirement of the document for operations without their own
   * @param required what the gateway requires of a method
   */
  pathItem(
    item: JsonObject,
    security: Json | undefined,
    required: (method: string) => readonly JsonObject[] | undefined,
  ): JsonObject {
    // Servers of an item are removed: behind the gateway the server is the gateway.
    const { servers: _servers, ...rest } = item;
    return mapValues(rest, (value, key) =>
      METHODS.has(key) && isObject(value)
        ? this.operation(value, security, required(key))
        : this.rewrite(value),
    );
  }

  private operation(
    { servers: _servers, ...operation }: JsonObject,
    security: Json | undefined,
    required: readonly JsonObject[] | undefined,
  ): JsonObject {
    const { tags, operationId } = operation;
    const own = listOf(operation.security ?? security)?.map((each) => this.requirement(each));
    const requirements = required ? bothOf(required, own) : own;
    return {
      ...(this.rewrite(operation) as JsonObject),
      tags: (listOf(tags) ?? ['']).map((tag) => this.tag(tag)),
      ...(typeof operationId === 'string' && { operationId: this.name(operationId) }),
      ...(requirements && { security: requirements }),
    };
  }

  private requirement(requirement: Json): JsonObject {
    if (!isObject(requirement)) return {};
    return Object.fromEntries(Object.entries(requirement).map(([name, scopes]) => [this.name(name), scopes]));
  }

  private rewrite(value: Json): Json {
    const list = listOf(value);
    if (list) return list.map((each) => this.rewrite(each));
    if (!isObject(value)) return value;
    return mapValues(value, (member, key) => {
      if (key === '$ref' && typeof member === 'string') return this.reference(member);
      if (key === 'mapping' && isObject(member)) return this.mapping(member);
      return this.rewrite(member);
    });
  }

  // Mapping of a discriminator, or a schema's property with that name, whose members are objects and are rewritten as
  // usual.
  private mapping(mapping: JsonObject): Json {
    return mapValues(mapping, (value) =>
      typeof value === 'string' ? this.reference(value) : this.rewrite(value),
    );
  }

  private reference(reference: string): string {
    const [, section, name] = /^#\/components\/([^/]+)\/(.+)$/.exec(reference) ?? [];
    if (section !== undefined && name !== undefined) return `#/components/${section}/${this.name(name)}`;
    const [, path] = /^#\/paths\/~1(.*)$/.exec(reference) ?? [];
    return path === undefined ? reference : `#/paths/${this.prefix.replaceAll('/', '~1')}~1${path}`;
  }

  private name(name: string): string {
    return `${this.service}.${name}`;
  }
}

import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { ProblemFactory } from '#contracts';
import { OPERATION_DESCRIPTION, type OperationDescription, type Schema } from './describe-operation.js';
import { dtoSchemas } from './dto-schemas.js';
import { completed, type DocumentContext, type Operation } from './operation.js';
import { PROBLEM_SCHEMA } from './problem-schema.js';
import { idFrom } from './stored-values.js';

/** General properties of a document. */
export interface AppInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

/** Further members of a document. */
export interface DocumentParts {
  /** The security schemes that operations refer to, by name. */
  readonly securitySchemes?: Readonly<Record<string, object>>;
  /** Problems of every operation but those that every app has. */
  readonly problems?: readonly ProblemFactory[];
}

type Specs = ReadonlyMap<string, OperationDescription>;
type Schemas = Readonly<Record<string, Schema>>;

/**
 * The OpenAPI document of `app`. Paths and parameters come from swagger's scan, bodies from the validation of the
 * DTOs, responses from {@link DescribeOperation}; operations without {@link DescribeOperation} are omitted. Swagger is loaded on demand,
 * because loading takes half a second.
 */
export async function describeApp(
  app: INestApplication,
  info: AppInfo,
  { securitySchemes = {}, problems = [] }: DocumentParts = {},
): Promise<OpenAPIObject> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const config = { openapi: '3.0.3', info: { description: '', ...info }, servers: [{ url: '.' }] };
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: operationId });
  const specs = specsOf(app);
  const schemas = { ...(await dtoSchemas()), ...bodiesOf(specs), Problem: PROBLEM_SCHEMA };
  const paths = pathsOf(document.paths as never, specs, { schemas, problems });
  const components = { schemas: reachable(paths, schemas), securitySchemes } as OpenAPIObject['components'];
  // An operation without a requirement of its own is open to all.
  return { ...document, security: [], tags: tagsOf(paths), paths, components: components ?? {} };
}

const operationId = (controller: string, method: string): string => `${controller}_${method}`;

function specsOf(app: INestApplication): Specs {
  const specs = new Map<string, OperationDescription>();
  for (const module of app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values())
      for (const [method, spec] of specsIn((metatype as { prototype: object } | null)?.prototype ?? {}))
        specs.set(operationId((metatype as { name: string }).name, method), spec);
  return specs;
}

function specsIn(prototype: object): (readonly [method: string, spec: OperationDescription])[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([method, { value }]) => {
    const spec = typeof value === 'function' ? specOf(value as object) : undefined;
    return spec ? [[method, spec] as const] : [];
  });
}

const specOf = (handler: object) =>
  Reflect.getMetadata(OPERATION_DESCRIPTION, handler) as OperationDescription | undefined;

const bodiesOf = (specs: Specs): Schemas =>
  Object.fromEntries([...specs.values()].flatMap(({ body }) => (body ? [[body.name, body.schema]] : [])));

type Paths = Record<string, Record<string, Operation>>;

function pathsOf(paths: Paths, specs: Specs, context: DocumentContext): Paths {
  const described = Object.entries(paths).map(([path, operations]) => {
    const idExample = idExampleOf(path, paths);
    const known = Object.entries(operations).flatMap(([method, operation]) => {
      const spec = specs.get(operation.operationId ?? '');
      return spec
        ? [
            [
              method,
              completed(operation, spec, { ...contextOf(operation, context), method, idExample }),
            ] as const,
          ]
        : [];
    });
    return [path, Object.fromEntries(known)] as const;
  });
  return Object.fromEntries(described.filter(([, operations]) => Object.keys(operations).length > 0));
}

/** The example of `{id}` in a path, if the path before it is that of a list. */
function idExampleOf(path: string, paths: Paths): string | undefined {
  const [list = ''] = path.split('/{id}', 1);
  return list !== path && paths[list]?.get ? idFrom(list) : undefined;
}

const contextOf = ({ tags = [] }: Operation, context: DocumentContext): DocumentContext =>
  tags.some((tag) => COMMON_TAGS.includes(tag)) ? { ...context, problems: [] } : context;

/** Tags that every app has, whose operations need no store. */
const COMMON_TAGS = ['Health', 'Metrics'];
/** Tags of operations for operators; they follow the app's own. */
const LAST_TAGS = ['DeadLetters', ...COMMON_TAGS];

/** The tags of the operations in their order, which is that of the page: what the app is for comes first. */
function tagsOf(paths: Paths): { name: string }[] {
  const operations = Object.values(paths).flatMap((each) => Object.values(each));
  const names = [...new Set(operations.flatMap(({ tags = [] }) => tags))];
  const isLast = (name: string): boolean => LAST_TAGS.includes(name);
  return [...names.filter((name) => !isLast(name)), ...names.filter(isLast)].map((name) => ({ name }));
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/** The members of `schemas` that `root` refers to, directly or through another schema. */
function reachable(root: unknown, schemas: Schemas): Schemas {
  const found = new Map<string, Schema>();
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(REFERENCE)) {
      const schema = schemas[name];
      if (!schema || found.has(name)) continue;
      found.set(name, schema);
      visit(schema);
    }
  };
  visit(root);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

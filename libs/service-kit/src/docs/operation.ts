import { STATUS_CODES } from 'node:http';
import type { Type } from '@nestjs/common';
import { refTo, type NamedSchema, type OperationDescription, type Schema } from './describe-operation.js';
import { parameterOf, type ParameterDescription } from './describe-parameter.js';
import { problemResponses } from './problem-examples.js';

/** One operation of an OpenAPI document; only the members that are used here. */
export interface Operation {
  summary?: string;
  description?: string;
  security?: readonly object[];
  operationId?: string;
  tags?: readonly string[];
  parameters?: readonly Parameter[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, unknown>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

const MERGE_PATCH = 'application/merge-patch+json';
const TAG: Schema = { type: 'string', example: '"1"' };
/** Without an example: the page would send it, and the response would be 304 or 412. */
const CONDITION: Schema = { type: 'string', description: 'an ETag, such as `"1"`' };
const ETAG = { etag: { description: 'the version of the resource', schema: TAG } };

const header = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'header',
  description,
  schema,
});

const conditionOf = (method: string): Parameter =>
  method === 'get'
    ? header('If-None-Match', '304 when the resource still has one of these versions', CONDITION)
    : header('If-Match', '412 unless the resource has one of these versions', CONDITION);

/** Completes an operation from swagger's scan with the members of `spec`. */
export function completed(
  operation: Operation,
  method: string,
  spec: OperationDescription,
  schemas: Readonly<Record<string, Schema>>,
): Operation {
  return {
    ...operation,
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.security !== undefined && { security: [{ [spec.security]: [] }] }),
    parameters: parametersOf(operation, method, spec, schemas),
    ...(operation.requestBody && { requestBody: bodyOf(operation.requestBody, method, spec) }),
    responses: responsesOf(method, spec),
  };
}

function parametersOf(
  { parameters = [] }: Operation,
  method: string,
  { query, headers = {}, versioned }: OperationDescription,
  schemas: Readonly<Record<string, Schema>>,
): readonly Parameter[] {
  return [
    ...parameters.filter((parameter) => parameter.in === 'path').map(explained),
    ...(query ? queryOf(query, schemas) : []),
    ...Object.entries(headers).map(([name, use]) => header(name, use, { type: 'string' })),
    ...(versioned === true && method !== 'post' ? [conditionOf(method)] : []),
  ];
}

const ID = 'an `id` from a list of these resources, or from the response that created one';

const explained = (parameter: Parameter): Parameter =>
  parameter.name === 'id' ? { ...parameter, description: ID } : parameter;

function queryOf(Dto: Type, schemas: Readonly<Record<string, Schema>>): readonly Parameter[] {
  const properties = (schemas[Dto.name]?.properties ?? {}) as Record<string, Schema>;
  const defaults = new Dto() as Record<string, unknown>;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    ...describedBy(parameterOf(defaults, name)),
    schema: { ...schema, ...(defaults[name] !== undefined && { default: defaults[name] }) },
  }));
}

// The page sends the first example of a parameter unless the reader chooses another one: the first has no value.
const describedBy = ({ description, example }: Partial<ParameterDescription> = {}): object => ({
  ...(description !== undefined && { description }),
  ...(example !== undefined && {
    examples: { none: { summary: 'left out' }, example: { summary: String(example), value: example } },
  }),
});

const bodyOf = (
  { content }: { content: Record<string, unknown> },
  method: string,
  { bodyIsOptional = false, example }: OperationDescription,
) => {
  const json = { ...(content['application/json'] as object), ...(example && { example }) };
  return {
    required: !bodyIsOptional,
    content: { ...content, 'application/json': json, ...(method === 'patch' && { [MERGE_PATCH]: json }) },
  };
};

function responsesOf(method: string, spec: OperationDescription): Record<string, unknown> {
  const { status = 200, also = {}, versioned = false, problems = [] } = spec;
  const others = Object.entries(also).map(([other, when]) => [other, successOf(Number(other), spec, when)]);
  const changes = versioned && ['put', 'patch', 'delete'].includes(method);
  return {
    [status]: successOf(status, spec),
    ...(Object.fromEntries(others) as object),
    ...(versioned && method === 'get' && { 304: { description: STATUS_CODES[304], headers: ETAG } }),
    ...problemResponses([400, ...problems, ...(changes ? [412 as const] : [])]),
  };
}

const successOf = (
  status: number,
  { body, versioned }: OperationDescription,
  when = STATUS_CODES[status],
): object => ({
  description: when,
  ...headersOf(versioned === true && status !== 204, body),
  ...(body && { content: { 'application/json': { schema: refTo(body.name) } } }),
});

function headersOf(hasEtag: boolean, body: NamedSchema | undefined): object {
  const headers = { ...(hasEtag && ETAG), ...body?.headers };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

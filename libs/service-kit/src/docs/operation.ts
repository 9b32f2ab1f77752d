import { STATUS_CODES } from 'node:http';
import type { Type } from '@nestjs/common';
import { badRequest, malformedBody, type ProblemFactory } from '#contracts';
import { refTo, type NamedSchema, type OperationDescription, type Schema } from './describe-operation.js';
import { parameterOf, type ParameterDescription } from './describe-parameter.js';
import { problemResponses, type CommonProblemStatus } from './problem-examples.js';

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
  readonly example?: string;
  readonly schema: Schema;
}

const MERGE_PATCH = 'application/merge-patch+json';
const TAG: Schema = { type: 'string', example: '"1"' };
/** Without an example: the page would send it, and the response would be 304 or 412. */
const CONDITION: Schema = { type: 'string', description: 'an ETag, such as `"1"`' };
const ETAG = { etag: { description: 'the version of the resource', required: true, schema: TAG } };

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

/** What the operations of a document have in common. */
export interface DocumentContext {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Problems of every operation, such as those of the store. */
  readonly problems: readonly ProblemFactory[];
}

/** An operation, and where it stands in the document. */
export interface OperationPlace extends DocumentContext {
  readonly method: string;
  /** The example of `{id}` in its path; `undefined`: there is no list of such ids. */
  readonly idExample: string | undefined;
}

/** Completes an operation from swagger's scan with the members of `spec`. */
export function completed(
  operation: Operation,
  spec: OperationDescription,
  place: OperationPlace,
): Operation {
  const { method, problems } = place;
  return {
    ...operation,
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.security !== undefined && { security: [{ [spec.security]: [] }] }),
    parameters: parametersOf(operation, spec, place),
    ...(operation.requestBody && { requestBody: bodyOf(operation.requestBody, method, spec) }),
    responses: responsesOf(operation, method, spec, problems),
  };
}

function parametersOf(
  { parameters = [] }: Operation,
  { path = {}, query, headers = {}, versioned }: OperationDescription,
  { method, schemas, idExample }: OperationPlace,
): readonly Parameter[] {
  const examples = { ...(idExample !== undefined && { id: idExample }), ...path };
  return [
    ...parameters
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => explained(parameter, examples)),
    ...(query ? queryOf(query, schemas) : []),
    ...Object.entries(headers).map(([name, use]) => header(name, use, { type: 'string' })),
    ...(versioned === true && method !== 'post' ? [conditionOf(method)] : []),
  ];
}

const ID = 'an `id` from a list of these resources, or from the response that created one';

function explained(parameter: Parameter, examples: Readonly<Record<string, string>>): Parameter {
  const example = examples[parameter.name];
  return {
    ...parameter,
    ...(parameter.name === 'id' && { description: ID }),
    ...(example !== undefined && { example }),
  };
}

interface QuerySchema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

function queryOf(Dto: Type, schemas: Readonly<Record<string, Schema>>): readonly Parameter[] {
  const { properties = {}, required = [] } = (schemas[Dto.name] ?? {}) as QuerySchema;
  const defaults = new Dto() as Record<string, unknown>;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...describedBy(parameterOf(defaults, name), required.includes(name)),
    schema: { ...schema, ...(defaults[name] !== undefined && { default: defaults[name] }) },
  }));
}

const describedBy = (
  { description, example }: Partial<ParameterDescription> = {},
  isRequired: boolean,
): object => ({
  ...(description !== undefined && { description }),
  ...(example !== undefined && (isRequired ? { example } : examplesOf(example))),
});

// The page sends the first example of a parameter unless the reader chooses another one: the first has no value.
const examplesOf = (example: string | number): object => ({
  examples: { none: { summary: 'left out' }, example: { summary: String(example), value: example } },
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

function responsesOf(
  operation: Operation,
  method: string,
  spec: OperationDescription,
  common: readonly ProblemFactory[],
): Record<string, unknown> {
  const { status = 200, also = {}, versioned = false, problems = [] } = spec;
  const others = Object.entries(also).map(([other, when]) => [other, successOf(Number(other), spec, when)]);
  const changes = versioned && ['put', 'patch', 'delete'].includes(method);
  return {
    [status]: successOf(status, spec),
    ...(Object.fromEntries(others) as object),
    ...(versioned && method === 'get' && { 304: { description: STATUS_CODES[304], headers: ETAG } }),
    ...problemResponses([
      ...problemsOfInput(operation, spec),
      ...problems,
      ...(changes ? [412 as const] : []),
      ...common,
    ]),
  };
}

/** The problems that a request can have before it reaches the operation. */
function problemsOfInput(
  { parameters = [], requestBody }: Operation,
  { query }: OperationDescription,
): readonly (CommonProblemStatus | ProblemFactory)[] {
  const hasPathParameters = parameters.some((parameter) => parameter.in === 'path');
  return [
    ...(requestBody || query ? [400 as const] : []),
    ...(requestBody ? ([malformedBody, 413, 415] as const) : []),
    // The path cannot be decoded.
    ...(hasPathParameters ? [badRequest] : []),
  ];
}

const successOf = (
  status: number,
  { body, text, stream, versioned }: OperationDescription,
  when = STATUS_CODES[status],
): object => ({
  description: when,
  ...headersOf(versioned === true && status !== 204, body),
  ...(body && { content: { 'application/json': contentOf(body) } }),
  ...(text && { content: Object.fromEntries(text.map((type) => [type, { schema: { type: 'string' } }])) }),
  ...(stream !== undefined && {
    content: { 'text/event-stream': { schema: { type: 'string' }, example: stream } },
  }),
});

const contentOf = ({ name, example }: NamedSchema): object => ({
  schema: refTo(name),
  ...(example && { example }),
});

function headersOf(hasEtag: boolean, body: NamedSchema | undefined): object {
  const headers = { ...(hasEtag && ETAG), ...body?.headers };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

import { STATUS_CODES } from 'node:http';
import type { Type } from '@nestjs/common';
import { refTo, type AnswerSpec, type Schema } from './answers.js';

/** One operation of an OpenAPI document, as far as it is looked into here. */
export interface Operation {
  summary?: string;
  operationId?: string;
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
const ETAG = { etag: { description: 'the version of the resource', schema: TAG } };

const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  description,
  schema: TAG,
});

const problem = (status: number): object => ({
  description: STATUS_CODES[status],
  content: { 'application/problem+json': { schema: refTo('Problem') } },
});

/** Completes what swagger's scan knows of an operation by what `spec` says of it. */
export function completed(
  operation: Operation,
  method: string,
  spec: AnswerSpec,
  schemas: Readonly<Record<string, Schema>>,
): Operation {
  return {
    ...operation,
    summary: spec.summary,
    parameters: parametersOf(operation, method, spec, schemas),
    ...(operation.requestBody && { requestBody: bodyOf(operation.requestBody, method, spec) }),
    responses: responsesOf(method, spec),
  };
}

function parametersOf(
  { parameters = [] }: Operation,
  method: string,
  { query, versioned }: AnswerSpec,
  schemas: Readonly<Record<string, Schema>>,
): readonly Parameter[] {
  const known = parameters.filter((parameter) => parameter.in === 'path');
  const condition =
    method === 'get'
      ? header('If-None-Match', '304 when the resource still has one of these versions')
      : header('If-Match', '412 unless the resource has one of these versions');
  const conditional = versioned === true && method !== 'post';
  return [...known, ...(query ? queryOf(query, schemas) : []), ...(conditional ? [condition] : [])];
}

function queryOf(Dto: Type, schemas: Readonly<Record<string, Schema>>): readonly Parameter[] {
  const properties = (schemas[Dto.name]?.properties ?? {}) as Record<string, Schema>;
  const defaults = new Dto() as Record<string, unknown>;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: { ...schema, ...(defaults[name] !== undefined && { default: defaults[name] }) },
  }));
}

const bodyOf = (
  { content }: { content: Record<string, unknown> },
  method: string,
  { bodyIsOptional = false }: AnswerSpec,
) => ({
  required: !bodyIsOptional,
  content: { ...content, ...(method === 'patch' && { [MERGE_PATCH]: content['application/json'] }) },
});

function responsesOf(method: string, spec: AnswerSpec): Record<string, unknown> {
  const { status = 200, body, versioned = false, problems = [] } = spec;
  const success = {
    description: STATUS_CODES[status],
    ...(versioned && status !== 204 && { headers: ETAG }),
    ...(body && { content: { 'application/json': { schema: refTo(body.name) } } }),
  };
  const changes = versioned && ['put', 'patch', 'delete'].includes(method);
  const refusals = [400, ...problems, ...(changes ? [412] : [])];
  return {
    [status]: success,
    ...(versioned && method === 'get' && { 304: { description: STATUS_CODES[304], headers: ETAG } }),
    ...Object.fromEntries(refusals.map((refusal) => [refusal, problem(refusal)])),
  };
}

import { SetMetadata, type Type } from '@nestjs/common';
import type { ProblemFactory } from '#contracts';
import type { CommonProblemStatus } from './problem-examples.js';

/** A JSON schema in the dialect of OpenAPI 3.0. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema with its name in the document's components. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
  /** A value of the schema. */
  readonly example?: object;
  /** Headers of responses with this body. */
  readonly headers?: Readonly<Record<string, object>>;
}

/** Purpose and responses of an operation, for the OpenAPI document. Its request bodies and query are read from DTOs. */
export interface OperationDescription {
  readonly summary: string;
  /** What a reader must know beside the summary, such as where ids come from. */
  readonly description?: string;
  /** A request body that succeeds, on an empty system too unless the description says otherwise. */
  readonly example?: object;
  /** Examples of the parameters in its path. `{id}` has one if the path before it is that of a list. */
  readonly path?: Readonly<Record<string, string>>;
  /** Name of the security scheme that the operation requires; none if absent. */
  readonly security?: string;
  /** Status of success; 200 if absent. */
  readonly status?: number;
  /** Schema of the response body; none if absent. */
  readonly body?: NamedSchema;
  /** Media types of a response that is text. */
  readonly text?: readonly string[];
  /** An example of the response, if it is a stream of server-sent events. */
  readonly stream?: string;
  /** Other statuses with the same body, and when they occur. */
  readonly also?: Readonly<Record<number, string>>;
  /** Request headers of the operation and their purpose. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The DTO of the query string. */
  readonly query?: Type;
  /** The request body is optional. */
  readonly bodyIsOptional?: boolean;
  /** The response has an ETag; a read may return 304, a change 412. */
  readonly versioned?: boolean;
  /**
   * The operation's problems beside those of requests that cannot be read or are invalid; a status stands for the problem
   * that every app has for it.
   */
  readonly problems?: readonly (CommonProblemStatus | ProblemFactory)[];
}

export const OPERATION_DESCRIPTION = Symbol('operation description');

/** Describes an operation. Costs nothing at load time: the document is built on request. */
export const DescribeOperation = (spec: OperationDescription): MethodDecorator =>
  SetMetadata(OPERATION_DESCRIPTION, spec);

/** A reference to the schema `name` of a document. */
export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const TIME: Schema = { type: 'string', format: 'date-time', readOnly: true };

/** The read-only members of resources in examples. */
const READ_ONLY = {
  id: '0197c0de-0000-7000-8000-000000000000',
  createdAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-02T09:30:00.000Z',
};

/** A resource with the members of its DTO `Dto`, an id and times. @param example the members of the DTO */
export const resource = <T extends object>(name: string, Dto: Type<T>, example?: T): NamedSchema => ({
  name,
  ...(example && { example: { ...example, ...READ_ONLY } }),
  schema: {
    allOf: [
      refTo(Dto.name),
      {
        type: 'object',
        required: ['id', 'createdAt', 'updatedAt'],
        properties: {
          id: { type: 'string', format: 'uuid', readOnly: true },
          createdAt: TIME,
          updatedAt: TIME,
        },
      },
    ],
  },
});

/** One page of a list of `item`. */
export const pageOf = (item: NamedSchema): NamedSchema => ({
  name: `${item.name}Page`,
  ...(item.example && { example: { items: [item.example], nextCursor: null } }),
  schema: {
    type: 'object',
    required: ['items', 'nextCursor'],
    properties: {
      items: { type: 'array', items: refTo(item.name) },
      nextCursor: {
        type: 'string',
        nullable: true,
        description: 'cursor of the next page; null on the last page',
      },
      count: {
        type: 'integer',
        minimum: 0,
        description: 'number of items in the whole list, if the request asks for it',
      },
    },
  },
  headers: {
    link: {
      description: 'the next page, unless this is the last one (RFC 8288)',
      schema: { type: 'string', example: '<?limit=50&cursor=MDE5N2Mw>; rel="next"' },
    },
  },
});

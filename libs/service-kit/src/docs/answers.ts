import { SetMetadata, type Type } from '@nestjs/common';

/** A JSON schema, as OpenAPI 3.0 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema with a name of its own in the document's components. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
}

/** What an operation does and answers, for the OpenAPI document; what it takes is read from its DTOs. */
export interface AnswerSpec {
  readonly summary: string;
  /** Of success; 200 when left out. */
  readonly status?: number;
  /** Of the answer; none when left out. */
  readonly body?: NamedSchema;
  /** Other statuses of success with the same body, and when they come. */
  readonly also?: Readonly<Record<number, string>>;
  /** Request headers that matter, and what for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The DTO of the query string. */
  readonly query?: Type;
  /** The body of the request may be left out. */
  readonly bodyIsOptional?: boolean;
  /** The answer has an ETag; reading may be 304, changing may be 412. */
  readonly versioned?: boolean;
  /** Statuses of the problems that the operation has beside 400. */
  readonly problems?: readonly number[];
}

export const ANSWERS = Symbol('answers');

/** Describes an operation. Costs nothing at load: the document is built when somebody asks for it. */
export const Answers = (spec: AnswerSpec): MethodDecorator => SetMetadata(ANSWERS, spec);

/** Where the schema `name` is in a document. */
export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const TIME: Schema = { type: 'string', format: 'date-time', readOnly: true };

/** A resource that is what its DTO `Dto` is, and has an id and times beside. */
export const resource = (name: string, Dto: Type): NamedSchema => ({
  name,
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
  schema: {
    type: 'object',
    required: ['items', 'nextCursor'],
    properties: {
      items: { type: 'array', items: refTo(item.name) },
      nextCursor: { type: 'string', nullable: true, description: 'asks for the page after this one' },
    },
  },
});

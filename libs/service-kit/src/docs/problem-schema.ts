import type { Schema } from './describe-operation.js';

const text: Schema = { type: 'string' };

/** The body of every error response (RFC 9457). */
export const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'requestId'],
  properties: {
    type: {
      ...text,
      format: 'uri',
      example: 'urn:msa-gateway:problem:not-found',
      description: 'the gateway explains the last part at `/docs/problems`',
    },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: text,
    instance: { ...text, description: 'the request path' },
    requestId: text,
    errors: {
      type: 'array',
      description: 'every invalid member of the request',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { ...text, description: 'JSON pointer (RFC 6901)' }, detail: text },
      },
    },
  },
  additionalProperties: true,
};

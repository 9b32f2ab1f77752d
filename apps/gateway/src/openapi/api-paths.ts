import type { JsonObject } from './openapi.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'] as const;

/** Problems of the gateway itself on `/api`; every other response is the service's own. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request is malformed or ambiguous',
  404: 'No service with this name is registered, or the path is internal to the service',
  502: 'The instance cannot be reached or sends an invalid HTTP response',
  503: 'No instance is available, or the gateway refuses the request to limit load; see Retry-After',
  504: 'The instance sent no response in time',
};

const SERVICE = { name: 'service', in: 'path', required: true, schema: { type: 'string' } };
const REST = {
  name: 'path',
  in: 'path',
  required: true,
  description: 'any path, including slashes; path and query are forwarded unchanged',
  schema: { type: 'string' },
};

const problem = (description: string): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const operation = (method: string): JsonObject => ({
  operationId: `forward_${method}`,
  tags: ['Proxy'],
  summary: `Forward a ${method.toUpperCase()} to a healthy instance of the service`,
  responses: {
    default: { description: 'The response of the service' },
    ...Object.fromEntries(Object.entries(PROBLEMS).map(([status, text]) => [status, problem(text)])),
  },
});

/** The route that no controller has: proxied traffic does not pass through Nest's router. */
export const API_PATHS: Readonly<Record<string, JsonObject>> = {
  '/api/{service}/{path}': {
    parameters: [SERVICE, REST],
    ...Object.fromEntries(METHODS.map((method) => [method, operation(method)])),
  },
};

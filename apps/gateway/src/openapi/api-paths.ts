import { problemResponses } from '#service-kit';
import {
  circuitOpen,
  concurrencyLimit,
  malformedRequest,
  noHealthyInstance,
  overloaded,
  pathEscapesService,
  unknownService,
  upstreamProtocolError,
  upstreamTimeout,
  upstreamUnreachable,
} from '../proxy/exchange/problems.js';
import type { JsonObject } from './openapi.js';
import { PROXIED_REQUIREMENT } from './security-schemes.js';
import { SERVICE_NAME } from './service-name.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'] as const;

/** Problems of the gateway itself on `/api` that need no policy; every other response is the service's own. */
const PROBLEMS = problemResponses([
  malformedRequest,
  pathEscapesService,
  unknownService,
  upstreamUnreachable,
  upstreamProtocolError,
  noHealthyInstance,
  circuitOpen,
  concurrencyLimit,
  overloaded,
  upstreamTimeout,
]);

const SERVICE = {
  name: 'service',
  in: 'path',
  required: true,
  example: SERVICE_NAME,
  schema: { type: 'string' },
};
const REST = {
  name: 'path',
  in: 'path',
  required: true,
  description: 'any path, including slashes; path and query are forwarded unchanged',
  example: 'health',
  schema: { type: 'string' },
};

const operation = (method: string): JsonObject => ({
  operationId: `forward_${method}`,
  tags: ['Proxy'],
  security: PROXIED_REQUIREMENT,
  summary: `Forward a ${method.toUpperCase()} to a healthy instance of the service`,
  responses: {
    default: { description: 'The response of the service' },
    ...(PROBLEMS as JsonObject),
  },
});

/** The route that no controller has: proxied traffic does not pass through Nest's router. */
export const API_PATHS: Readonly<Record<string, JsonObject>> = {
  '/api/{service}/{path}': {
    parameters: [SERVICE, REST],
    ...Object.fromEntries(METHODS.map((method) => [method, operation(method)])),
  },
};

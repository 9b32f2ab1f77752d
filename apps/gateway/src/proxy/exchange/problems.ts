import { defineProblem, internalError, type Problem } from '#contracts';

/** The responses of the gateway itself on `/api`; all others come from the services. */
export const malformedRequest = defineProblem('malformed-request', 400, 'Malformed request');
export const pathEscapesService = defineProblem('path-escapes-service', 400, 'Path outside the service');
export const ambiguousPath = defineProblem('ambiguous-path', 400, 'Ambiguous path');
export const unauthenticated = defineProblem('unauthenticated', 401, 'Authentication required');
export const accessDenied = defineProblem('access-denied', 403, 'Access denied');
export const forbidden = defineProblem('forbidden', 403, 'Forbidden');
export const originNotAllowed = defineProblem('origin-not-allowed', 403, 'Origin not allowed');
export const outsideProxy = defineProblem('not-proxied', 404, 'Not a proxied path');
export const notPublic = defineProblem('not-public', 404, 'Not a public path');
export const unknownService = defineProblem('unknown-service', 404, 'Unknown service');
export const requestTimeout = defineProblem('request-timeout', 408, 'Request timeout');
export const quotaExceeded = defineProblem(
  'quota-exceeded',
  429,
  'Rate limit exceeded',
  'https://iana.org/assignments/http-problem-types#quota-exceeded',
);
export const expectationFailed = defineProblem('expectation-failed', 417, 'Expectation failed');
export const headTooLarge = defineProblem('header-fields-too-large', 431, 'Request header fields too large');
export const methodNotSupported = defineProblem('method-not-supported', 501, 'Method not supported');
export const upstreamUnreachable = defineProblem('upstream-unreachable', 502, 'Upstream unreachable');
export const upstreamProtocolError = defineProblem('upstream-protocol-error', 502, 'Upstream protocol error');
export const noHealthyInstance = defineProblem('no-healthy-instance', 503, 'No healthy instance');
export const circuitOpen = defineProblem('circuit-open', 503, 'Circuit breaker open');
export const concurrencyLimit = defineProblem('concurrency-limit', 503, 'Concurrency limit reached');
export const rateLimitUnavailable = defineProblem('rate-limit-unavailable', 503, 'Rate limit unavailable');
export const overloaded = defineProblem('overloaded', 503, 'Gateway overloaded');
export const authenticationUnavailable = defineProblem(
  'authentication-unavailable',
  503,
  'Authentication unavailable',
);
export const notStored = defineProblem('not-stored', 504, 'No stored response');
export const upstreamTimeout = defineProblem('upstream-timeout', 504, 'Upstream timeout');

/** The response to a request whose processing failed in the gateway itself. */
export const unexpectedError = (): Problem =>
  internalError('an unexpected error occurred; the gateway log has details under this request id');

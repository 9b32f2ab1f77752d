import { defineProblem } from './problem.js';

/** Problems that every app can return. */
export const validationFailed = defineProblem('validation-failed', 400, 'Validation failed');
/** The request cannot be read, for example because its path cannot be decoded. */
export const badRequest = defineProblem('bad-request', 400, 'Bad request');
export const malformedBody = defineProblem('malformed-body', 400, 'Malformed request body');
export const notFound = defineProblem('not-found', 404, 'Not found');
export const methodNotAllowed = defineProblem('method-not-allowed', 405, 'Method not allowed');
export const preconditionFailed = defineProblem('precondition-failed', 412, 'Precondition failed');
export const bodyTooLarge = defineProblem('body-too-large', 413, 'Request body too large');
export const unsupportedMediaType = defineProblem('unsupported-media-type', 415, 'Unsupported media type');
export const internalError = defineProblem('internal-error', 500, 'Internal error');

import { HttpException } from '@nestjs/common';
import {
  badRequest,
  bodyTooLarge,
  defineProblem,
  malformedBody,
  notFound,
  Problem,
  unsupportedMediaType,
} from '#contracts';
import { errorProperties } from '../errors/error-properties.js';

/** Problems for the errors that fastify throws before a controller runs, by their `code`. */
const FASTIFY_PROBLEMS = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => bodyTooLarge('the body is larger than the limit of this endpoint'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => unsupportedMediaType('the content type must be application/json'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    malformedBody('the length of the body differs from Content-Length'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => malformedBody('the body is empty'),
} as const;

/** Problems for exceptions of Nest, which also replaces errors of fastify by exceptions without their `code`. */
const EXCEPTION_PROBLEMS: Readonly<Record<number, () => Problem>> = {
  404: () => notFound('no resource exists at this path'),
  413: FASTIFY_PROBLEMS.FST_ERR_CTP_BODY_TOO_LARGE,
  415: FASTIFY_PROBLEMS.FST_ERR_CTP_INVALID_MEDIA_TYPE,
};

function fromHttpException(exception: HttpException): Problem {
  const status = exception.getStatus();
  const known = EXCEPTION_PROBLEMS[status];
  if (known) return known();
  const title = exception.message.replace(/ Exception$/, '');
  return defineProblem(title.toLowerCase().replace(/[^a-z]+/g, '-'), status, title)(title);
}

/** The problem for a thrown value; `undefined` for unexpected errors. */
export function toProblem(thrown: unknown): Problem | undefined {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  const { code = '', statusCode = 0 } = errorProperties(thrown);
  const known = (FASTIFY_PROBLEMS as Readonly<Record<string, () => Problem>>)[code];
  if (known) return known();
  return statusCode >= 400 && statusCode < 500 ? badRequest('the request cannot be read') : undefined;
}

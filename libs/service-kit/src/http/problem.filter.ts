import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { internalError, type Problem } from '#contracts';
import { NO_SNIFF, NO_SNIFF_HEADER } from './no-sniff.js';
import { REQUEST_ID_HEADER } from './request-id.js';
import { toProblem } from './to-problem.js';

/** The path of a request target. The `instance` of a problem omits the query, which may contain secrets. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

/**
 * Turns every thrown value into an `application/problem+json` response. Unexpected errors are logged and reported as
 * a plain 500.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (thrown instanceof HttpException && isDocument(thrown))
      return void reply.status(thrown.getStatus()).send(thrown.getResponse());
    sendProblem(reply, request, this.logged(thrown, request));
  }

  private logged(thrown: unknown, request: FastifyRequest): Problem {
    const problem =
      toProblem(thrown) ??
      internalError('an unexpected error occurred; the log has details under this request id', {
        cause: thrown,
      });
    const cause: unknown = problem.cause;
    if (problem.status >= 500)
      this.logger.error(
        { err: cause ?? problem, requestId: request.id, path: pathOf(request.url) },
        problem.message,
      );
    return problem;
  }
}

// Terminus throws its health document inside an exception: it is a regular response, not a problem.
function isDocument(thrown: HttpException): boolean {
  const body = thrown.getResponse();
  return typeof body === 'object' && 'status' in body && 'details' in body;
}

/** Sends `problem` as the response to `request`. */
function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): void {
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .header('content-type', 'application/problem+json')
    // Needed where no hook has run: fastify rejects a path that it cannot decode before any hook.
    .header(REQUEST_ID_HEADER, request.id)
    .header(NO_SNIFF_HEADER, NO_SNIFF)
    // Sent as bytes: to a string fastify would add a charset, which this media type does not have (RFC 9457, RFC
    // 8259).
    .send(Buffer.from(JSON.stringify(problem.toDocument(pathOf(request.url), request.id))));
}

/** Responds to requests that fastify rejects before it has found a route, such as a path that cannot be decoded. */
export function respondToFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(
    reply,
    request,
    toProblem(error) ?? internalError('the request cannot be processed', { cause: error }),
  );
}

import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { internalError, type Problem } from '#contracts';
import { RepeatedWarning } from '../logging/repeated-warning.js';
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
 * a plain 500. What the app decides not to serve, such as beyond a limit, is a warning, once a minute.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** By code of the problem. */
  private readonly refusals = new Map<string, RepeatedWarning>();

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
    if (problem.status >= 500) this.log(problem, { requestId: request.id, path: pathOf(request.url) });
    return problem;
  }

  private log(problem: Problem, fields: object): void {
    if (isRefusal(problem)) this.refusalsOf(problem).record({ ...fields, reason: problem.message });
    else this.logger.error({ err: problem.cause ?? problem, ...fields }, problem.message);
  }

  private refusalsOf({ code, title }: Problem): RepeatedWarning {
    let warning = this.refusals.get(code);
    if (!warning)
      this.refusals.set(code, (warning = new RepeatedWarning(this.logger, `Requests refused: ${title}`)));
    return warning;
  }
}

/** Whether the app decided not to serve the request: nothing failed. */
const isRefusal = ({ status, cause }: Problem): boolean => status === 503 && cause === undefined;

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

import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { etagOf, matchesWeakly } from './preconditions.js';

/** A resource, its version and the `detail` of its ETag. Handlers that return it support ETag and conditional GET. */
export class Versioned<T> {
  constructor(
    readonly version: number,
    readonly body: T,
    readonly detail?: number,
  ) {}

  get etag(): string {
    return etagOf(this.version, this.detail);
  }
}

/** Replaces a {@link Versioned} by its body with an ETag, or by 304 if the client already has that version. */
export class VersionedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((result) => bodyOf(result, request, reply)));
  }
}

function bodyOf(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (!(result instanceof Versioned)) return result;
  void reply.header('etag', result.etag);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || !matchesWeakly(request.headers['if-none-match'], result.etag)) return result.body;
  void reply.status(304);
  return undefined;
}

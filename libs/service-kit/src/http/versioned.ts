import { createHash } from 'node:crypto';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { etagOf, matchesWeakly } from './preconditions.js';

/** A body and its ETag. Handlers that return it support ETag and conditional GET. */
export abstract class Representation<T> {
  abstract readonly etag: string;

  constructor(readonly body: T) {}
}

/** A resource, its version and the `detail` of its ETag. */
export class Versioned<T> extends Representation<T> {
  constructor(
    readonly version: number,
    body: T,
    readonly detail?: number,
  ) {
    super(body);
  }

  get etag(): string {
    return etagOf(this.version, this.detail);
  }
}

/** What has no version of its own, such as a page of a list. Its ETag is a hash of the content. */
export class Hashed<T> extends Representation<T> {
  get etag(): string {
    return `"${createHash('sha256').update(JSON.stringify(this.body)).digest('base64url')}"`;
  }
}

/** Replaces a {@link Representation} by its body with an ETag, or by 304 if the client already has it. */
export class VersionedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((result) => bodyOf(result, request, reply)));
  }
}

function bodyOf(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (!(result instanceof Representation)) return result;
  const { etag } = result;
  void reply.header('etag', etag);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || !matchesWeakly(request.headers['if-none-match'], etag))
    return (result as Representation<unknown>).body;
  void reply.status(304);
  return undefined;
}

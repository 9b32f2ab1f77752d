import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformedBody } from '#contracts';

/**
 * Rejects a PATCH without a patch document (RFC 5789). Nest's validation would treat a missing body as an empty
 * object, which is valid where every member is optional, and thus as a change.
 */
export class PatchBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, body } = context.switchToHttp().getRequest<FastifyRequest>();
    if (method === 'PATCH' && (body === undefined || body === null)) throw malformedBody('the body is empty');
    return true;
  }
}

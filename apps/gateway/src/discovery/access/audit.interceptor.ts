import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { Problem } from '#contracts';
import { AuditLog } from './audit-log.js';

const ACTION = Symbol('audited action');

/** Records writes of operators in the {@link AuditLog}. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly log: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = Reflect.getMetadata(ACTION, context.getHandler()) as string;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      tap({
        next: () => this.log.record(action, request),
        error: (error: unknown) => this.log.record(action, request, reasonOf(error)),
      }),
    );
  }
}

const reasonOf = (error: unknown): string => (error instanceof Problem ? error.code : 'internal-error');

/** The endpoint is a write of operators: each admitted request leaves a line in the log. */
export const Audited = (action: string): MethodDecorator =>
  applyDecorators(SetMetadata(ACTION, action), UseInterceptors(AuditInterceptor));

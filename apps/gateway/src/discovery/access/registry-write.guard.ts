import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RegistryAccess } from './registry-access.js';

/** Guards every endpoint that changes the registry. */
@Injectable()
export class RegistryWriteGuard implements CanActivate {
  constructor(private readonly access: RegistryAccess) {}

  canActivate(context: ExecutionContext): boolean {
    this.access.check(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}

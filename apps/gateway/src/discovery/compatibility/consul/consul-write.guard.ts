import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RegistryAccess, singleField } from '../../access/registry-access.js';

/** Guards the writes of Consul clients, which send the token as `X-Consul-Token` or as a bearer token. */
@Injectable()
export class ConsulWriteGuard implements CanActivate {
  constructor(private readonly access: RegistryAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.access.check(request, singleField(request, 'x-consul-token'));
    return true;
  }
}

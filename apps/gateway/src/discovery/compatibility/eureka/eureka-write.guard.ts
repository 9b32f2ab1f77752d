import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RegistryAccess, singleField } from '../../access/registry-access.js';

/**
 * Guards the writes of Eureka clients, which send credentials of their URL by basic authentication: the registry
 * token is the password, or the user if there is no password.
 */
@Injectable()
export class EurekaWriteGuard implements CanActivate {
  constructor(private readonly access: RegistryAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.access.check(request, passwordIn(singleField(request, 'authorization')));
    return true;
  }
}

function passwordIn(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return password || user || undefined;
}

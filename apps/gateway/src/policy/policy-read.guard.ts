import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isFromThisMachine, RegistryAccess } from '../discovery/index.js';
import { policiesFromLoopbackOnly } from './problems.js';

/** Admits programs on this machine, and others with the token of the registry. */
@Injectable()
export class PolicyReadGuard implements CanActivate {
  constructor(private readonly access: RegistryAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isFromThisMachine(request)) return true;
    if (!this.access.hasToken)
      throw policiesFromLoopbackOnly(
        'policies are readable from loopback addresses only; to allow others, set REGISTRY_TOKEN on the gateway and send it as a bearer token',
      );
    this.access.check(request);
    return true;
  }
}

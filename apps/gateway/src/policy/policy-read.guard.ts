import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OperationDescription } from '#service-kit';
import {
  isFromThisMachine,
  REGISTRY_TOKEN_SCHEME,
  RegistryAccess,
  registryTokenRequired,
} from '../discovery/index.js';
import { policiesFromLoopbackOnly } from './problems.js';

/** Description of an operation behind the {@link PolicyReadGuard}. */
export const behindPolicyRead = (operation: OperationDescription): OperationDescription => ({
  ...operation,
  security: REGISTRY_TOKEN_SCHEME,
  problems: [registryTokenRequired, policiesFromLoopbackOnly, ...(operation.problems ?? [])],
});

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

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { registryTokenRequired, registryWritesFromLoopbackOnly } from '../problems.js';
import { isFromThisMachine } from './this-machine.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may change the registry: whoever has the token, or, when there is none, programs on this machine. */
export class RegistryAccess {
  private readonly expected: Buffer | undefined;

  constructor(token: string | undefined) {
    this.expected = token === undefined ? undefined : digest(token);
  }

  /** @throws registryTokenRequired, registryWritesFromLoopbackOnly */
  check(request: FastifyRequest): void {
    if (this.expected) checkToken(this.expected, authorizationOf(request));
    else if (!isFromThisMachine(request))
      throw registryWritesFromLoopbackOnly(
        'set REGISTRY_TOKEN on the gateway and send it as a bearer token to change the registry from elsewhere',
      );
  }
}

/** Of several, another program on the way may have looked at another one than node:http, which keeps the first. */
function authorizationOf({ raw }: FastifyRequest): string | undefined {
  const all = raw.headersDistinct.authorization;
  return all?.length === 1 ? all[0] : undefined;
}

function checkToken(expected: Buffer, authorization: string | undefined): void {
  const sent = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  // Digests have one length, so that the comparison tells nothing about the token's.
  if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return;
  throw registryTokenRequired('send the registry token as "Authorization: Bearer ..."', {
    headers: {
      'www-authenticate': `Bearer realm="registry"${sent === undefined ? '' : ', error="invalid_token"'}`,
    },
  });
}

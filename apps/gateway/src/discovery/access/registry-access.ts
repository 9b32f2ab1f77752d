import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { registryTokenRequired, registryWritesFromLoopbackOnly } from '../problems.js';
import { isFromThisMachine, isLoopback, isOurName } from './this-machine.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who sent a request in which nothing else tells about it: no program forwarded it, and no page did. */
export interface PlainSender {
  /** The other end of the connection. */
  readonly address: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

/** Who may change the registry: whoever has the token, or, when there is none, programs on this machine. */
export class RegistryAccess {
  private readonly expected: Buffer | undefined;

  constructor(token: string | undefined) {
    this.expected = token === undefined ? undefined : digest(token);
  }

  /** Whether `sender` may; says not why. */
  admits({ address, host, authorization }: PlainSender): boolean {
    if (this.expected) return isToken(this.expected, tokenIn(authorization));
    return isLoopback(address) && isOurName(host);
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

const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];

// Digests have one length, so that the comparison tells nothing about the token's.
const isToken = (expected: Buffer, sent: string | undefined): boolean =>
  sent !== undefined && timingSafeEqual(digest(sent), expected);

function checkToken(expected: Buffer, authorization: string | undefined): void {
  const sent = tokenIn(authorization);
  if (isToken(expected, sent)) return;
  throw registryTokenRequired('send the registry token as "Authorization: Bearer ..."', {
    headers: {
      'www-authenticate': `Bearer realm="registry"${sent === undefined ? '' : ', error="invalid_token"'}`,
    },
  });
}

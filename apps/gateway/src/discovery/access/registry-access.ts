import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { registryTokenRequired, registryWritesFromLoopbackOnly } from '../model/problems.js';
import { isFromThisMachine, isLoopback, isLocalName } from './this-machine.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * The sender of a request that has no forwarding fields and no `Origin`: neither a proxy nor a web page sent
 * it.
 */
export interface PlainSender {
  /** The remote address of the connection. */
  readonly address: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

/**
 * Grants write access to the registry: to requests with the token or, if none is configured, to programs on
 * this machine.
 */
export class RegistryAccess {
  private readonly expected: Buffer | undefined;

  constructor(token: string | undefined) {
    this.expected = token === undefined ? undefined : digest(token);
  }

  /** Whether a token is configured. */
  get hasToken(): boolean {
    return this.expected !== undefined;
  }

  /** Whether `sender` may write. Gives no reason. */
  admits({ address, host, authorization }: PlainSender): boolean {
    if (this.expected) return isToken(this.expected, tokenIn(authorization));
    return isLoopback(address) && isLocalName(host);
  }

  /**
   * @param sent the token, if the request may carry it elsewhere than in a bearer token
   * @throws registryTokenRequired, registryWritesFromLoopbackOnly
   */
  check(request: FastifyRequest, sent = tokenIn(singleField(request, 'authorization'))): void {
    if (this.expected) checkToken(this.expected, sent);
    else if (!isFromThisMachine(request))
      throw registryWritesFromLoopbackOnly(
        'registry writes are accepted from loopback addresses only; to allow others, set REGISTRY_TOKEN on the gateway and send it as a bearer token',
      );
  }
}

/** `undefined` for repeated fields: node:http keeps the first one, and an intermediary may have checked another. */
export function singleField({ raw }: FastifyRequest, name: string): string | undefined {
  const all = raw.headersDistinct[name];
  return all?.length === 1 ? all[0] : undefined;
}

const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];

// Compares digests: their length is constant, so the comparison does not reveal the length of the token.
const isToken = (expected: Buffer, sent: string | undefined): boolean =>
  sent !== undefined && timingSafeEqual(digest(sent), expected);

function checkToken(expected: Buffer, sent: string | undefined): void {
  if (isToken(expected, sent)) return;
  throw registryTokenRequired('send the registry token as "Authorization: Bearer ..."', {
    headers: {
      'www-authenticate': `Bearer realm="registry"${sent === undefined ? '' : ', error="invalid_token"'}`,
    },
  });
}

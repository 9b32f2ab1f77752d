import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instance } from '../model/instance.js';

const SECRET_BYTES = 32;

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * Creates a token for the instance `id`. The registry stores only its hash; no view, event or store contains
 * the token.
 */
export function issueToken(id: string): { readonly token: string; readonly tokenHash: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { token: `${id}:${secret}`, tokenHash: hashOf(secret).toString('base64url') };
}

type TokenHolder = Pick<Instance, 'tokenHash' | 'expiredAt'>;

/** Checks the tokens by which registered instances identify themselves to this gateway. */
export class InstanceTokens {
  constructor(private readonly instances: { find(id: string): TokenHolder | undefined }) {}

  /** Whether `token` was issued by the latest registration of an instance that is currently registered. */
  admits(token: string | undefined): boolean {
    if (token === undefined) return false;
    const colon = token.indexOf(':');
    const instance = this.instances.find(token.slice(0, Math.max(colon, 0)));
    if (instance?.tokenHash === undefined || instance.expiredAt !== undefined) return false;
    const expected = Buffer.from(instance.tokenHash, 'base64url');
    const sent = hashOf(token.slice(colon + 1));
    return expected.length === sent.length && timingSafeEqual(expected, sent);
  }
}

import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { errors, jwtVerify } from 'jose';
import type { JwtProvider } from '../../../../policy/members/authentication.js';
import type { ProviderState } from '../../../../policy/provider-state.js';
import {
  OTHER_ISSUER,
  type Authenticator,
  type CredentialedRequest,
  type Unavailable,
  type Verdict,
} from '../authenticator.js';
import { bearerToken } from './bearer-token.js';
import { identityOfClaims } from './identity-of-claims.js';
import { KeyFile } from './key-file.js';
import type { KeySet, VerificationKey } from './key-set.js';
import type { KeySource, KeySurroundings } from './key-source.js';
import { KeyUrl } from './key-url.js';
import { TokenCache } from './token-cache.js';
import { readTokenHead, type TokenHead } from './token-head.js';

/** What a {@link JwtAuthenticator} depends on. */
export interface JwtSurroundings {
  /** Folder of the policy file. */
  readonly folder: string;
  readonly logger: KeySurroundings['logger'];
  /** Whether the policy file states callers to services. */
  readonly statesCallers: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A token that names an unknown key waits for a fetch that is under way, then for one that began after it. */
const MAX_RENEWALS = 2;

const refused = (reason: string): Extract<Verdict, { kind: 'refused' }> => ({ kind: 'refused', reason });
const REFUSED_ISSUER = refused(OTHER_ISSUER);
const ALGORITHM = refused('algorithm');
const UNKNOWN_KEY = refused('unknown key');
const AMBIGUOUS_KEY = refused('ambiguous key');
const SIGNATURE = 'signature';
const NO_FIELDS: ReadonlyMap<string, string> = new Map();
const CLAIM_VALUE = refused('claim value');
/** Reasons of a preview: a request waits for the keys. */
const NOT_LOADED = 'keys not loaded yet';
const KEY_TO_FETCH = refused('unknown key; a request fetches the keys again');

/** The verdict on a token. */
interface CheckedToken {
  readonly verdict: Verdict;
  /** An accepted token expires then, in seconds since the epoch. */
  readonly until?: number;
}

/** Accepts JSON Web Tokens (RFC 7519) of one issuer, by the rules of RFC 8725. */
export class JwtAuthenticator implements Authenticator {
  readonly scheme = 'Bearer';
  readonly keyField = undefined;
  readonly source: KeySource;
  /** Look-ups of tokens that were known, and of others. */
  readonly lookups = { hits: 0, misses: 0 };
  private ownsSource = true;
  private readonly tokens = new TokenCache();
  private readonly skewSeconds: number;
  private readonly now: () => number;

  /** @param predecessor the authenticator of the provider before a reload: keys from the same place are kept */
  constructor(
    readonly name: string,
    private readonly provider: JwtProvider,
    private readonly around: JwtSurroundings,
    predecessor?: JwtAuthenticator,
  ) {
    this.now = around.now ?? Date.now;
    this.skewSeconds = provider.clockSkew / 1000;
    const { jwks } = provider;
    this.source =
      predecessor && isSamePlace(predecessor.provider.jwks, jwks)
        ? predecessor.handOverSource(jwks.refresh)
        : keySourceOf(jwks, around.folder, { provider: name, logger: around.logger, now: this.now });
  }

  get outage(): Unavailable | undefined {
    const { keys, loading, isFailing } = this.source;
    const isFirstLoad = loading !== undefined && !isFailing;
    return keys || isFirstLoad ? undefined : this.unavailable();
  }

  authenticate(request: CredentialedRequest): Verdict | Promise<Verdict> {
    const token = bearerToken(request.header('authorization'));
    if (typeof token !== 'string') return token;
    const digest = hash('sha256', token, 'base64');
    const { keys } = this.source;
    const known = keys && this.tokens.get(digest, keys, this.seconds);
    if (known) {
      this.lookups.hits += 1;
      return known;
    }
    this.lookups.misses += 1;
    const head = this.headOf(token);
    return 'kind' in head ? head : this.verify(token, head, digest);
  }

  preview(request: CredentialedRequest): Verdict | Promise<Verdict> {
    const token = bearerToken(request.header('authorization'));
    if (typeof token !== 'string') return token;
    const head = this.headOf(token);
    if ('kind' in head) return head;
    const { keys, loading, mayRenew } = this.source;
    if (!keys) return loading ? this.unavailable(NOT_LOADED) : this.unavailable();
    const key = keys.select(head.alg, head.kid);
    if (key === 'unknown' && mayRenew) return KEY_TO_FETCH;
    if (typeof key === 'string') return this.withoutKey(key);
    return this.check(token, key).then(({ verdict }) => verdict);
  }

  state(): ProviderState {
    const { location, keys, loadedAt, lastError } = this.source;
    return {
      name: this.name,
      kind: 'jwt',
      source: location,
      isAvailable: keys !== undefined,
      loadedAt: loadedAt === undefined ? null : new Date(loadedAt).toISOString(),
      lastError,
      keys: keys?.descriptions.map((key) => ({ ...key })) ?? [],
      warnings: keys?.warnings ?? [],
    };
  }

  close(): void {
    if (this.ownsSource) this.source.close();
  }

  private handOverSource(refreshMs: number): KeySource {
    this.ownsSource = false;
    this.source.refreshEvery(refreshMs);
    return this.source;
  }

  /** Seconds since the epoch, whole ones like the times in tokens. */
  private get seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** What the token says of itself, or the verdict on it. */
  private headOf(token: string): TokenHead | Verdict {
    const head = readTokenHead(token);
    if (typeof head === 'string') return refused(head);
    if (head.issuer !== this.provider.issuer) return REFUSED_ISSUER;
    return this.provider.algorithms.some((algorithm) => algorithm === head.alg) ? head : ALGORITHM;
  }

  private async verify(token: string, head: TokenHead, digest: string): Promise<Verdict> {
    const { source } = this;
    if (!source.keys) await source.loading;
    for (let renewals = 0; ; renewals += 1) {
      const { keys } = source;
      if (!keys) return this.unavailable();
      const key = keys.select(head.alg, head.kid);
      if (typeof key !== 'string') {
        const checked = await this.check(token, key);
        this.remember(checked, digest, keys, token.length);
        return checked.verdict;
      }
      const renewal = key === 'unknown' && renewals < MAX_RENEWALS ? source.renew() : undefined;
      if (!renewal) return this.withoutKey(key);
      await renewal;
    }
  }

  private withoutKey(why: 'ambiguous' | 'unknown'): Verdict {
    if (why === 'ambiguous') return AMBIGUOUS_KEY;
    return this.source.isFailing ? this.unavailable() : UNKNOWN_KEY;
  }

  private async check(token: string, key: Promise<VerificationKey>): Promise<CheckedToken> {
    const { issuer, audiences, algorithms, claimToHeaders, scopesHeader } = this.provider;
    try {
      const { payload } = await jwtVerify(token, await key, {
        issuer,
        audience: [...audiences],
        algorithms: [...algorithms],
        requiredClaims: ['exp'],
        clockTolerance: this.skewSeconds,
        currentDate: new Date(this.now()),
      });
      const identity = identityOfClaims(payload, {
        provider: this.name,
        fields: claimToHeaders ?? NO_FIELDS,
        scopesField: scopesHeader,
        statesCallers: this.around.statesCallers,
      });
      if (!identity) return { verdict: CLAIM_VALUE };
      return { verdict: { kind: 'accepted', identity }, until: (payload.exp ?? 0) + this.skewSeconds };
    } catch (error) {
      return { verdict: refused(reasonOf(error)) };
    }
  }

  private remember({ verdict, until }: CheckedToken, digest: string, keys: KeySet, length: number): void {
    if (until !== undefined) this.tokens.accept(digest, keys, { verdict, until }, length);
    // Only the signature is wrong at any time.
    else if ('reason' in verdict && verdict.reason === SIGNATURE) this.tokens.refuse(digest, keys, verdict);
  }

  private unavailable(reason = 'no keys'): Unavailable {
    return { kind: 'unavailable', reason, retryAfterSeconds: this.source.retryAfterSeconds };
  }
}

const isSamePlace = (a: JwtProvider['jwks'], b: JwtProvider['jwks']): boolean =>
  a.url === b.url && a.file === b.file;

const keySourceOf = (
  { url, refresh, file }: JwtProvider['jwks'],
  folder: string,
  around: KeySurroundings,
): KeySource =>
  url === undefined ? new KeyFile(resolve(folder, file ?? ''), around) : new KeyUrl(url, refresh, around);

/** The claims whose checks have a reason of their own. */
const CLAIM_REASONS: Readonly<Record<string, string>> = {
  aud: 'audience',
  exp: 'no expiry',
  nbf: 'not yet valid',
};

/** Why jose refuses a token; a fixed word. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return SIGNATURE;
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_REASONS[error.claim] ?? 'claim value';
  return error instanceof errors.JOSEError ? 'malformed' : 'unusable key';
}

import { importJWK, type CryptoKey, type JWK } from 'jose';

/** A key that verifies signatures of one algorithm. */
export type VerificationKey = CryptoKey | Uint8Array;

type Fit = (key: JWK) => boolean;

const MIN_RSA_BITS = 2048;
/** Every token is compared with every key. */
const MAX_KEYS = 1_000;

const rsa: Fit = ({ kty }) => kty === 'RSA';
const ec =
  (curve: string): Fit =>
  ({ kty, crv }) =>
    kty === 'EC' && crv === curve;
/** A secret must be at least as long as the hash (RFC 7518, section 3.2). */
const secret =
  (bytes: number): Fit =>
  ({ kty, k }) =>
    kty === 'oct' && bytesOf(k).length >= bytes;

/** Which keys an algorithm can use (RFC 7518 section 3.1, RFC 8037 section 3.1). */
const FITS: Readonly<Record<string, Fit>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519',
  HS256: secret(32),
  HS384: secret(48),
  HS512: secret(64),
};

/** Content that is no key set. The message says what is wrong and has no part of a key. */
export class InvalidKeySet extends Error {}

/** What is wrong with content that could not be read as a key set. */
export const problemOfKeySet = (error: unknown): string =>
  error instanceof InvalidKeySet ? error.message : 'the content cannot be read as a key set';

/** What operators see of a key. */
export interface KeyDescription {
  readonly kid: string | null;
  readonly kty: string;
  readonly alg: string | null;
}

/** A JSON Web Key Set (RFC 7517): the keys that can verify signatures. */
export class KeySet {
  private readonly imported = new Map<string, Promise<VerificationKey>>();

  private constructor(
    private readonly keys: readonly JWK[],
    /** Why keys of the set are not used, one sentence each. */
    readonly warnings: readonly string[],
  ) {}

  /** @throws InvalidKeySet */
  static parse(text: string): KeySet {
    const keys = keysOf(text);
    const signing = keys.filter(isForSignatures);
    if (signing.some(isSymmetric) && !signing.every(isSymmetric))
      // A client that knows a public key could present it as a secret (RFC 8725, section 2.1).
      return new KeySet([], ['the set mixes symmetric and asymmetric keys; none is used']);
    const faults = signing.map(faultOf);
    const warnings = faults.flatMap((fault) => (fault === undefined ? [] : `a key is not used: ${fault}`));
    const usable = signing.filter((_key, i) => faults[i] === undefined);
    for (const kid of repeatedIds(usable)) warnings.push(`several keys have the id ${JSON.stringify(kid)}`);
    return new KeySet(usable, warnings);
  }

  /** Equal for sets of the same keys, in any order. */
  get content(): string {
    const keys = this.keys.map((key) => JSON.stringify(Object.entries(key).sort()));
    return JSON.stringify([keys.sort(), this.warnings]);
  }

  get descriptions(): readonly KeyDescription[] {
    return this.keys.map(({ kid = null, kty = '', alg = null }) => ({ kid, kty, alg }));
  }

  /**
   * The key for a token. Without an id the set must have a single key that fits.
   * @returns `ambiguous` if several keys fit; `unknown` if none does
   * @throws what the import of the key throws
   */
  select(alg: string, kid: string | undefined): Promise<VerificationKey> | 'ambiguous' | 'unknown' {
    const fits = FITS[alg];
    const candidates = this.keys.filter(
      (key) =>
        (kid === undefined || key.kid === kid) &&
        (key.alg === undefined || key.alg === alg) &&
        fits?.(key) === true,
    );
    const [key] = candidates;
    if (!key) return 'unknown';
    if (candidates.length > 1 || (kid !== undefined && this.isRepeated(kid))) return 'ambiguous';
    return this.import(key, alg);
  }

  private isRepeated(kid: string): boolean {
    return this.keys.filter((key) => key.kid === kid).length > 1;
  }

  private import(key: JWK, alg: string): Promise<VerificationKey> {
    const name = `${alg} ${this.keys.indexOf(key)}`;
    const known = this.imported.get(name);
    if (known) return known;
    const imported = importJWK(key, alg);
    this.imported.set(name, imported);
    return imported;
  }
}

function keysOf(text: string): readonly JWK[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    throw new InvalidKeySet('the content is not JSON');
  }
  const keys: unknown = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new InvalidKeySet('the content is no JSON Web Key Set');
  if (keys.length > MAX_KEYS) throw new InvalidKeySet(`the set has more than ${MAX_KEYS} keys`);
  // Members that are no keys are ignored (RFC 7517, section 5).
  return keys.filter(
    (key: unknown): key is JWK =>
      typeof key === 'object' && key !== null && typeof (key as JWK).kty === 'string',
  );
}

const isSymmetric = ({ kty }: JWK): boolean => kty === 'oct';

function isForSignatures({ use, key_ops: operations }: JWK): boolean {
  if (use !== undefined && use !== 'sig') return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

/** Why a key is not used. */
function faultOf(key: JWK): string | undefined {
  if (!(key.kid === undefined || typeof key.kid === 'string')) return 'its id is no text';
  if (!Object.values(FITS).some((fits) => fits(key))) return 'no signature algorithm can use it';
  if (!isSymmetric(key) && ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].some((name) => name in key))
    return 'it is a private key';
  return key.kty === 'RSA' && modulusBits(key) < MIN_RSA_BITS
    ? `it has less than ${MIN_RSA_BITS} bits`
    : undefined;
}

/** The bytes of a member, which may be of any type: the set comes from elsewhere. */
const bytesOf = (member: unknown): Buffer =>
  Buffer.from(typeof member === 'string' ? member : '', 'base64url');

function modulusBits({ n }: JWK): number {
  const hex = bytesOf(n).toString('hex').replace(/^0+/, '');
  return hex === '' ? 0 : (hex.length - 1) * 4 + parseInt(hex.charAt(0), 16).toString(2).length;
}

function repeatedIds(keys: readonly JWK[]): readonly string[] {
  const ids = keys.flatMap(({ kid }) => kid ?? []);
  return [...new Set(ids.filter((kid, i) => ids.indexOf(kid) !== i))];
}

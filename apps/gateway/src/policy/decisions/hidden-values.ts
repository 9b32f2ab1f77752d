import { createHmac } from 'node:crypto';
import type { PolicyFile } from '../policy-file.js';
import { authorizationIn } from './recorded-names.js';

const DIGEST_LENGTH = 22;
/** Marks a hidden value. */
const MARK = '~';
const KEY_LABEL = 'msa-gateway decision record';

/**
 * Replaces values by keyed hashes: equal values of one record stay equal, and only a reader with the key can tell whether
 * a value is one that a policy file names.
 */
export class HiddenValues {
  private readonly key: Buffer;
  private readonly named = new Map<string, string>();

  /** @param secret the token of the registry; without one, values can be compared with guesses */
  constructor(secret = '') {
    this.key = createHmac('sha256', secret).update(KEY_LABEL).digest();
  }

  /** Equal for equal keys. */
  get keyId(): string {
    return this.hide('');
  }

  hide(value: string): string {
    return MARK + createHmac('sha256', this.key).update(value).digest('base64url').slice(0, DIGEST_LENGTH);
  }

  /** Lets {@link reveal} know the values that a file names. Returns their number. */
  learn(file: PolicyFile): number {
    for (const value of namedValues(file)) this.named.set(this.hide(value), value);
    return this.named.size;
  }

  /** The value if it is known, otherwise `text`. */
  reveal(text: string): string {
    return this.named.get(text) ?? text;
  }
}

/** The values of header fields, query parameters and claims, and the consumers, that a file names. */
function* namedValues(file: PolicyFile): Generator<string> {
  const routes = [...file.routes.values()].flat();
  for (const { match } of routes) {
    yield* match.headers?.values() ?? [];
    yield* match.query?.values() ?? [];
  }
  const levels = [file.defaults, ...file.services.values(), ...routes.map(({ members }) => members)];
  for (const { claims, consumers } of levels.flatMap(authorizationIn)) {
    yield* consumers ?? [];
    for (const values of claims?.values() ?? []) yield* values;
  }
}

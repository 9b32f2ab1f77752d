import { LRUCache } from 'lru-cache';
import type { Verdict } from '../authenticator.js';
import type { KeySet } from './key-set.js';

const MAX_TOKENS = 10_000;
/** Characters of all tokens together; their claims take a small multiple of that. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_REFUSED = 1_000;
const REFUSED_MS = 10_000;

interface Verified {
  readonly verdict: Verdict;
  /** Seconds since the epoch. */
  readonly until: number;
}

/** Verdicts on tokens, by their SHA-256. They hold for one key set: with other keys, all are forgotten. */
export class TokenCache {
  private keys: KeySet | undefined;
  private readonly verified = new LRUCache<string, Verified>({
    max: MAX_TOKENS,
    maxSize: MAX_CHARACTERS,
  });
  /** Apart, so that forged tokens do not evict genuine ones. */
  private readonly refused = new LRUCache<string, Verdict>({ max: MAX_REFUSED, ttl: REFUSED_MS });

  get size(): number {
    return this.verified.size;
  }

  /** @param seconds now, since the epoch */
  get(digest: string, keys: KeySet, seconds: number): Verdict | undefined {
    this.use(keys);
    const known = this.verified.get(digest);
    if (known) {
      if (seconds < known.until) return known.verdict;
      this.verified.delete(digest);
    }
    return this.refused.get(digest);
  }

  accept(digest: string, keys: KeySet, verified: Verified, length: number): void {
    this.use(keys);
    this.verified.set(digest, verified, { size: length });
  }

  refuse(digest: string, keys: KeySet, verdict: Verdict): void {
    this.use(keys);
    this.refused.set(digest, verdict);
  }

  private use(keys: KeySet): void {
    if (this.keys === keys) return;
    this.keys = keys;
    this.verified.clear();
    this.refused.clear();
  }
}

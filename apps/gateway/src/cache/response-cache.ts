import { LRUCache } from 'lru-cache';
import { Fills, type Fill } from './fills.js';
import { KeyIndex } from './key-index.js';
import {
  covers,
  prefixIn,
  type PurgeLabels,
  type PurgeSelector,
  type PurgeTarget,
} from './purges/purge-selector.js';
import type { HeaderOf } from './rules/vary.js';
import type { SharedResponses } from './shared-responses.js';
import { flat, type StoredResponse } from './stored-response.js';
import { Variants } from './variants.js';

/** The stored responses in this process. If they need too much memory, the least recently used are dropped. */
export class ResponseCache implements PurgeTarget {
  readonly fills: Fills;
  /** Keys that were dropped for lack of memory. */
  evictions = 0;
  private readonly stored: LRUCache<string, Variants>;
  /** By service. */
  private readonly byPath = new Map<string, KeyIndex>();
  private readonly byTag = new KeyIndex();

  /** @param tier the responses that gateways share; `undefined`: there are none */
  constructor(
    maxBytes: number,
    private readonly tier?: SharedResponses,
  ) {
    this.fills = new Fills(tier);
    this.stored = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (variants, key) => variants.bytes + key.length,
      dispose: (variants, key, reason) => {
        if (reason === 'evict') this.evictions += 1;
        this.unindex(variants, key);
      },
    });
  }

  get bytes(): number {
    return this.stored.calculatedSize;
  }

  /** Number of keys. */
  get entries(): number {
    return this.stored.size;
  }

  find(key: string): Variants | undefined {
    return this.stored.get(key);
  }

  /**
   * Stores a response, unless it was purged while it arrived.
   * @param fill ends
   */
  store(fill: Fill, key: string, response: StoredResponse): void {
    if (!fill.isDiscarded) this.set(key, Variants.adding(response, this.stored.peek(key)));
    this.fills.end(fill, 'look-up');
    this.tier?.store(key, response, fill.position);
  }

  /**
   * Replaces a stored response if it is still there.
   * @param fill that of the request that confirmed it, if there was one
   */
  update(key: string, before: StoredResponse, after: StoredResponse, fill?: Fill): void {
    const variants = this.stored.peek(key);
    const others = variants?.without(before);
    if (variants && others?.count !== variants.count) this.set(key, Variants.adding(after, others));
    if (fill) this.tier?.store(key, after, fill.position);
  }

  /** Whether a response may be found that another gateway has stored. */
  get isShared(): boolean {
    return this.tier?.isAvailable === true;
  }

  /**
   * Takes over a response that another gateway has stored.
   * @param fill ends if there is one
   * @returns whether there is one
   */
  async takeShared(fill: Fill, key: string, headerOf: HeaderOf): Promise<boolean> {
    const response = await this.tier?.find(key, headerOf);
    if (!response || !this.fills.isRunning(fill)) return false;
    if (!fill.isDiscarded) this.set(key, Variants.adding(response, this.stored.peek(key)));
    this.fills.end(fill, 'look-up');
    return true;
  }

  remove(key: string, response: StoredResponse): void {
    const rest = this.stored.peek(key)?.without(response);
    if (rest) this.set(key, rest);
    else this.stored.delete(key);
  }

  /** Removes responses; those that are being fetched are not stored. @returns how many were removed */
  purge(selector: PurgeSelector): number {
    this.fills.discard(selector);
    let purged = 0;
    for (const key of [...this.candidates(selector)]) {
      const variants = this.stored.peek(key);
      if (!variants || !covers(selector, labelsOf(variants))) continue;
      purged += variants.count;
      this.stored.delete(key);
    }
    return purged;
  }

  /** Number of stored responses of a path, for the preview of a look-up. */
  countAt(service: string, path: string): number {
    return [...this.keysAt(service, path)]
      .map((key) => this.stored.peek(key)?.count ?? 0)
      .reduce((sum, count) => sum + count, 0);
  }

  /** The keys that a selector may select. */
  private candidates({ service, path, tags }: PurgeSelector): Iterable<string> {
    if (service !== undefined && path !== undefined && prefixIn(path) === undefined)
      return this.keysAt(service, path);
    return tags ? new Set(tags.flatMap((tag) => [...this.byTag.get(tag)])) : this.stored.keys();
  }

  private keysAt(service: string, path: string): Iterable<string> {
    return this.byPath.get(service)?.get(path) ?? [];
  }

  private indexOf(service: string): KeyIndex {
    const found = this.byPath.get(service) ?? new KeyIndex();
    this.byPath.set(service, found);
    return found;
  }

  private set(lookedUp: string, variants: Variants): void {
    // The key of a look-up is made of parts of a request, and would keep its whole head alive.
    const key = flat(lookedUp);
    this.stored.set(key, variants);
    // It is not stored if it is larger than the whole cache.
    if (this.stored.peek(key) !== variants) return;
    const { service, path } = variants.first;
    this.indexOf(service).add(path, key);
    for (const tag of variants.tags) this.byTag.add(tag, key);
  }

  private unindex(variants: Variants, key: string): void {
    const { service, path } = variants.first;
    this.byPath.get(service)?.remove(path, key);
    for (const tag of variants.tags) this.byTag.remove(tag, key);
  }
}

const labelsOf = ({ first: { service, path }, tags }: Variants): PurgeLabels => ({ service, path, tags });

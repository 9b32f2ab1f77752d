import { covers, prefixIn, type PurgeLabels, type PurgeSelector } from './purge-selector.js';

/** Selectors that are remembered; far more than purges arrive while a response is on its way. */
const SELECTORS_KEPT = 10_000;
/** Each of them is compared with each response, so there are fewer. */
const PREFIXES_KEPT = 1000;

/** Not part of a service name, path or tag. */
const SEPARATOR = '\n';

const keyOf = (service = '', path = '', tag = ''): string => service + SEPARATOR + path + SEPARATOR + tag;

/** The same selection with at most one tag in each. */
const singleTagged = (selector: PurgeSelector): readonly PurgeSelector[] =>
  selector.tags?.map((tag) => ({ ...selector, tags: [tag] })) ?? [selector];

interface LatestPurge {
  readonly selector: PurgeSelector;
  readonly at: number;
}

/**
 * Remembers which responses were purged after a position in the order of purges: a response that was stored before a
 * purge, or that an instance sent before it, must not be used. Positions are numbers that grow. Bounded: what is
 * forgotten counts as a purge of everything.
 */
export class PurgeLog {
  /** By service, path and tag; the latest purge is the last. */
  private readonly exact = new Map<string, LatestPurge>();
  private readonly prefixed = new Map<string, LatestPurge>();
  private newest = 0;
  /** Whatever is from before this position counts as purged. */
  private horizon = 0;

  /** Forgets all purges; everything from before `position` counts as purged. */
  restart(position: number): void {
    this.exact.clear();
    this.prefixed.clear();
    this.newest = this.horizon = position;
  }

  record(selector: PurgeSelector, at: number): void {
    this.newest = Math.max(this.newest, at);
    for (const single of singleTagged(selector)) {
      const isPrefix = single.path !== undefined && prefixIn(single.path) !== undefined;
      const [purges, kept] = isPrefix ? [this.prefixed, PREFIXES_KEPT] : [this.exact, SELECTORS_KEPT];
      const key = keyOf(single.service, single.path, single.tags?.[0]);
      purges.delete(key);
      purges.set(key, { selector: single, at });
      if (purges.size > kept) this.forgetOldest(purges);
    }
  }

  /** Whether a response with these labels, from the time of position `since`, was purged. */
  hasPurged(labels: PurgeLabels, since: number): boolean {
    if (since >= this.newest) return false;
    if (since < this.horizon || this.hasPurgedExactly(labels, since)) return true;
    for (const { selector, at } of this.prefixed.values())
      if (at > since && covers(selector, labels)) return true;
    return false;
  }

  private hasPurgedExactly({ service, path, tags }: PurgeLabels, since: number): boolean {
    const { exact } = this;
    for (const eachService of [service, undefined])
      for (const eachPath of [path, undefined])
        for (const tag of [undefined, ...tags])
          if ((exact.get(keyOf(eachService, eachPath, tag))?.at ?? 0) > since) return true;
    return false;
  }

  private forgetOldest(purges: Map<string, LatestPurge>): void {
    for (const [key, { at }] of purges) {
      purges.delete(key);
      this.horizon = Math.max(this.horizon, at);
      return;
    }
  }
}

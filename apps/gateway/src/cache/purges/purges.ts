import { purgeNotShared } from '../problems.js';
import { PurgeLog } from './purge-log.js';
import { EVERYTHING, type PurgeLabels, type PurgeSelector, type PurgeTarget } from './purge-selector.js';
import type { SharedPosition, SharedPurges } from './shared-purges.js';

/** A moment in the order of purges. */
export interface PurgeMark {
  readonly local: number;
  readonly shared: SharedPosition | undefined;
}

/**
 * How long a response is served without validation while purges of other gateways cannot be received. Bounds how stale
 * it can be; shorter outages of the store do not lead to more requests to the instances.
 */
const TRUSTED_MS = 10_000;

/** Removes stored responses from this gateway and, if the gateways share a store, from all others. */
export class Purges {
  private readonly log = new PurgeLog();
  private count = 0;

  /** @param shared `undefined`: this gateway is alone */
  constructor(
    private readonly target: PurgeTarget,
    private readonly shared?: SharedPurges,
    private readonly now: () => number = Date.now,
  ) {
    shared?.listen({
      onPurge: (selector) => this.apply(selector),
      onMissed: () => this.apply(EVERYTHING),
    });
  }

  /** The present moment, for a request that is about to be sent to an instance. */
  mark(): PurgeMark {
    return { local: this.count, shared: this.shared?.position };
  }

  /** Whether a response with these labels was purged after `mark`; it must then not be stored. */
  hasPurged(labels: PurgeLabels, mark: PurgeMark): boolean {
    return this.log.hasPurged(labels, mark.local);
  }

  /**
   * Whether a response that was stored or validated at `at` may be served without validation, as far as purges are
   * concerned.
   * @param at milliseconds since the epoch
   */
  isTrusted(at: number): boolean {
    return this.shared === undefined || this.now() - Math.max(at, this.shared.receivedAt) < TRUSTED_MS;
  }

  /** Removes responses here at once and from the other gateways soon. */
  invalidate(selector: PurgeSelector): void {
    this.apply(selector);
    // What fails is sent later.
    this.shared?.announce(selector).catch(() => undefined);
  }

  /**
   * Removes responses here, and resolves when every gateway will do so.
   * @returns the number of responses that were removed here
   * @throws purgeNotShared if other gateways cannot be reached; the responses are removed here nevertheless
   */
  async purge(selector: PurgeSelector): Promise<number> {
    const purged = this.apply(selector);
    try {
      await this.shared?.start();
      await this.shared?.announce(selector);
    } catch (cause) {
      throw purgeNotShared(
        'the responses were removed from this gateway only, because Redis is unavailable; repeat the request',
        { cause, headers: { 'retry-after': '1' } },
      );
    }
    return purged;
  }

  private apply(selector: PurgeSelector): number {
    this.count += 1;
    this.log.record(selector, this.count);
    return this.target.purge(selector);
  }
}

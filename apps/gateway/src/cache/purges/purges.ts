import { purgeNotShared } from '../problems.js';
import { EVERYTHING, type PurgeSelector, type PurgeTarget } from './purge-selector.js';
import type { SharedPurges } from './shared-purges.js';

/**
 * How long a response is served without validation while purges of other gateways cannot be received. Bounds how stale
 * it can be; shorter outages of the store do not lead to more requests to the instances.
 */
const TRUSTED_MS = 10_000;

/** Removes stored responses from this gateway and, if the gateways share a store, from all others. */
export class Purges {
  /** @param shared `undefined`: this gateway is alone */
  constructor(
    private readonly cache: PurgeTarget,
    private readonly shared?: SharedPurges,
  ) {
    shared?.listen({
      onPurge: (selector) => cache.purge(selector),
      onMissed: () => cache.purge(EVERYTHING),
    });
  }

  /**
   * Whether a response that was stored or validated at `at` may be served without validation, as far as purges are
   * concerned.
   * @param at milliseconds on the monotonic clock, like `now`
   */
  isTrusted(at: number, now: number): boolean {
    return this.shared === undefined || now - Math.max(at, this.shared.receivedAt) < TRUSTED_MS;
  }

  /** Removes responses here at once and from the other gateways soon. */
  invalidate(selector: PurgeSelector): void {
    this.cache.purge(selector);
    // What fails is sent later.
    this.shared?.announce(selector).catch(() => undefined);
  }

  /**
   * Removes responses here, and resolves when every gateway will do so.
   * @returns the number of responses that were removed here
   * @throws purgeNotShared if other gateways cannot be reached; the responses are removed here nevertheless
   */
  async purge(selector: PurgeSelector): Promise<number> {
    const purged = this.cache.purge(selector);
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
}

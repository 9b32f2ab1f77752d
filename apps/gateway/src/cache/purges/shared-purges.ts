import type { PurgeSelector } from './purge-selector.js';

/** A position in the purges of all gateways. Positions of different epochs cannot be compared. */
export interface PurgePosition {
  readonly epoch: string;
  readonly id: number;
}

/** Notified of purges by other gateways. */
export interface PurgeListener {
  onPurge(selector: PurgeSelector): void;
  /** Purges may have been missed. */
  onMissed(): void;
}

/** Carries purges to the other gateways. */
export interface SharedPurges {
  /** When purges of other gateways could last be received; milliseconds on the monotonic clock. */
  readonly receivedAt: number;
  listen(listener: PurgeListener): void;
  /** Connects; resolves after the first attempt. Idempotent. */
  start(): Promise<void>;
  /**
   * Resolves when every gateway will receive the purge.
   * @throws if the store is away. The purge is sent when it is back, unless the process ends before.
   */
  announce(selector: PurgeSelector): Promise<void>;
}

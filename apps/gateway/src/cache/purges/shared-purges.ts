import type { PurgeSelector } from './purge-selector.js';

/** A position in the purges of all gateways. Positions of different epochs cannot be compared. */
export interface SharedPosition {
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
  /** Up to here the purges of other gateways have arrived; `undefined` before the first connection. */
  readonly position: SharedPosition | undefined;
  /** When purges of other gateways could last be received; milliseconds since the epoch. */
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

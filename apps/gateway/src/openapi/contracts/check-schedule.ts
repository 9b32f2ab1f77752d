import type { SeenVersion } from './service-contract.js';

/**
 * Wait for the document of a first version. It is not urgent: once another version comes, both are fetched at once. Instances
 * that live for less, as in tests, receive no request that they do not expect.
 */
export const FIRST_DELAY_MS = 60_000;
/** Waits after attempts that found no document: an instance that starts may not serve it yet. */
const RETRY_DELAYS_MS = [1000, 2000, 5000, 15_000, 60_000];
/** Later, for as long as the version has instances: its document may become readable. */
const RETRY_EVERY_MS = 600_000;

/** When the versions of services are checked, and checked again after an attempt that found no document. */
export class CheckSchedule {
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @param check called when the time for a version has come */
  constructor(private readonly check: (service: string, version: string) => void) {}

  add(service: string, version: string, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.check(service, version);
    }, delayMs).unref();
    this.timers.add(timer);
  }

  /** Schedules the next attempt for a version. Each waits longer than the one before it. */
  addRetry(service: string, seen: SeenVersion): void {
    this.add(service, seen.version, RETRY_DELAYS_MS[seen.attempts] ?? RETRY_EVERY_MS);
    seen.attempts += 1;
  }

  /** Cancels all checks. */
  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}

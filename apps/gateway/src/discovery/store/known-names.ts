import { Listeners } from './listeners.js';
import { isExpired, type RegisteredInstance } from './stored-instance.js';

/**
 * Limit on known names; the most recently seen ones are kept. Clients that invent names must not exhaust
 * memory.
 */
export const NAMES_KEPT = 1000;

/**
 * Names of services that lost an instance within the retention, and when they last did, milliseconds since
 * the epoch. A service without instances stays known by its name.
 */
export class KnownNames {
  private readonly seen = new Map<string, number>();
  private readonly watchers = new Listeners<[name: string]>();

  constructor(private readonly retentionMs: number) {}

  get all(): ReadonlyMap<string, number> {
    return this.seen;
  }

  /** Calls `listener` with every name whose entry changed; returns a function that unsubscribes it. */
  watch(listener: (name: string) => void): () => void {
    return this.watchers.add(listener);
  }

  /**
   * Applies a change of an instance at `at`; `undefined`: it was not registered before, or is not any more.
   */
  applyChange(
    before: RegisteredInstance | undefined,
    after: RegisteredInstance | undefined,
    at: number,
  ): void {
    if (!before || isExpired(before)) return;
    if (after?.name === before.name && !isExpired(after)) return;
    this.recordSeen(before.name, after?.health.expiredAt ?? at);
  }

  /** Records that a service had an instance at `at`. */
  recordSeen(name: string, at: number): void {
    if ((this.seen.get(name) ?? 0) >= at) return;
    // Deleted first, so that the map stays ordered by time.
    this.seen.delete(name);
    this.seen.set(name, at);
    this.watchers.notify(name);
    const [oldest] = this.seen.keys();
    if (this.seen.size > NAMES_KEPT && oldest !== undefined) this.delete(oldest);
  }

  /** Adopts the names of a snapshot or of the shared store, and drops all others. */
  replace(names: ReadonlyMap<string, number>): void {
    for (const name of this.seen.keys()) if (!names.has(name)) this.delete(name);
    for (const [name, at] of names) this.recordSeen(name, at);
  }

  /** Drops the names whose retention has ended at `now`. */
  prune(now: number): void {
    for (const [name, at] of this.seen) if (now - at >= this.retentionMs) this.delete(name);
  }

  private delete(name: string): void {
    this.seen.delete(name);
    this.watchers.notify(name);
  }
}

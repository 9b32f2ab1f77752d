import type { Instance, InstanceLoad } from '../../discovery/index.js';

/** Minimum share of its weight that a new instance gets. */
const FIRST_SHARE = 0.1;

/**
 * Slow start: an instance that joins or returns gets a growing share of its weight, so that cold caches and a cold
 * compiler do not meet full traffic. Only relative shares matter: instances that start together have equal shares.
 */
export class WarmUp {
  private known: ReadonlySet<InstanceLoad> = new Set();
  private readonly since = new WeakMap<InstanceLoad, number>();
  private until = 0;

  /** @param ms time until the full share, in milliseconds; 0: no slow start */
  constructor(private readonly ms: number) {}

  learn(available: readonly Instance[], now: number): void {
    const loads = new Set(available.map(({ load }) => load));
    if (this.ms > 0) for (const load of loads) if (!this.known.has(load)) this.begin(load, now);
    this.known = loads;
  }

  /** The share of its weight that `instance` has at `now`, above 0 and up to 1. */
  shareOf({ load }: Instance, now: number): number {
    if (now >= this.until) return 1;
    const since = this.since.get(load);
    return since === undefined ? 1 : Math.min(1, Math.max(FIRST_SHARE, (now - since) / this.ms));
  }

  private begin(load: InstanceLoad, now: number): void {
    this.since.set(load, now);
    this.until = now + this.ms;
  }
}

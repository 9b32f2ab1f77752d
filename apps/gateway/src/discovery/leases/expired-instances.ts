import type { RegistryStore, StoreChange } from '../store/registry-store.js';

/**
 * Expired instances listed per service, the latest ones. Pods that are replaced under new ids would fill the
 * list.
 */
export const EXPIRED_PER_SERVICE = 50;
/** Expired instances listed over all services: they do not count towards the limits of the registry. */
const EXPIRED_IN_ALL = 5000;

interface Expired {
  readonly id: string;
  readonly name: string;
  readonly expiredAt: number;
}

/** Registered instances whose lease has expired and that are still listed. */
export class ExpiredInstances {
  private readonly instances = new Map<string, Expired>();
  private readonly counts = new Map<string, number>();
  /**
   * No instance is due for removal before this, milliseconds since the epoch: most calls of {@link overdue}
   * end here.
   */
  private dueAt = Infinity;

  constructor(
    store: RegistryStore,
    private readonly retentionMs: number,
  ) {
    store.watch((change) => this.applyChange(change));
  }

  get total(): number {
    return this.instances.size;
  }

  totalOf(service: string): number {
    return this.counts.get(service) ?? 0;
  }

  get ids(): readonly string[] {
    return [...this.instances.keys()];
  }

  /** Ids of the instances whose retention has ended at `now`, and of the oldest beyond the limits. */
  overdue(now: number): readonly string[] {
    if (now < this.dueAt) return [];
    const retained = new Map<string, number>();
    let retainedInAll = 0;
    const latestFirst = [...this.instances.values()].sort((a, b) => b.expiredAt - a.expiredAt);
    const overdue = latestFirst.filter(({ name, expiredAt }) => {
      const others = retained.get(name) ?? 0;
      if (now - expiredAt >= this.retentionMs) return true;
      if (others >= EXPIRED_PER_SERVICE || retainedInAll >= EXPIRED_IN_ALL) return true;
      retained.set(name, others + 1);
      retainedInAll += 1;
      return false;
    });
    // Overdue instances are returned again on each call until the store has removed them.
    if (overdue.length === 0) this.dueAt = (latestFirst.at(-1)?.expiredAt ?? Infinity) + this.retentionMs;
    return overdue.map(({ id }) => id);
  }

  private applyChange({ before, after }: StoreChange): void {
    if (before) this.delete(before.id);
    const expiredAt = after?.health.expiredAt;
    if (after && expiredAt !== undefined) this.add({ id: after.id, name: after.name, expiredAt });
  }

  private add(expired: Expired): void {
    this.instances.set(expired.id, expired);
    const count = this.totalOf(expired.name) + 1;
    this.counts.set(expired.name, count);
    const isBeyondLimit = count > EXPIRED_PER_SERVICE || this.total > EXPIRED_IN_ALL;
    this.dueAt = isBeyondLimit ? 0 : Math.min(this.dueAt, expired.expiredAt + this.retentionMs);
  }

  private delete(id: string): void {
    const expired = this.instances.get(id);
    if (!expired) return;
    this.instances.delete(id);
    const count = this.totalOf(expired.name) - 1;
    if (count === 0) this.counts.delete(expired.name);
    else this.counts.set(expired.name, count);
  }
}

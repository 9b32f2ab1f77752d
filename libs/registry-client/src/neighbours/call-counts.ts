import { MAX_REPORTED_CALLS, type CallTotalDto } from '#contracts';

interface Count {
  readonly to: string;
  readonly kind: CallTotalDto['kind'];
  total: number;
  failed: number;
}

/** Counts the calls of an app to other services and to its stores since its start, for its heartbeats. */
export class CallCounts {
  private readonly counts = new Map<string, Count>();

  /** Counts one call. Beyond {@link MAX_REPORTED_CALLS} targets, calls to further ones are not counted. */
  add(to: string, kind: CallTotalDto['kind'], hasFailed: boolean): void {
    const count = this.counts.get(to) ?? this.begin(to, kind);
    if (!count) return;
    count.total += 1;
    if (hasFailed) count.failed += 1;
  }

  /** The totals by target. */
  get totals(): CallTotalDto[] {
    return Array.from(this.counts.values(), ({ to, kind, total, failed }) => ({ to, kind, total, failed }));
  }

  private begin(to: string, kind: CallTotalDto['kind']): Count | undefined {
    if (this.counts.size >= MAX_REPORTED_CALLS) return undefined;
    const count = { to, kind, total: 0, failed: 0 };
    this.counts.set(to, count);
    return count;
  }
}

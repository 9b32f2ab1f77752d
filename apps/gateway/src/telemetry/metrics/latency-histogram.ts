/**
 * Upper bounds of the buckets, milliseconds; in the range of most responses each is about 1.6 times the previous one.
 */
export const BOUNDS_MS = [
  0.25, 0.5, 0.75, 1, 1.5, 2.5, 4, 6, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1000, 1500, 2000, 2500,
  5000, 10_000, 30_000, 60_000,
] as const;

/** A trace whose duration fell into a bucket. */
export interface Exemplar {
  readonly traceId: string;
  readonly ms: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** A histogram of durations. Observing allocates nothing. */
export class LatencyHistogram {
  /** One element more than bounds: the last one counts values beyond them. Not cumulative. */
  readonly counts = new Float64Array(BOUNDS_MS.length + 1);
  count = 0;
  sumMs = 0;
  /** The last trace of each bucket; allocated with the first one. */
  exemplars: (Exemplar | undefined)[] | undefined = undefined;

  observe(ms: number): void {
    const bucket = bucketOf(ms);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.sumMs += ms;
  }

  /** Tells the trace of a duration that was observed. */
  setExemplar(ms: number, traceId: string): void {
    // A copy: the id may be a part of a long text, which it would keep in memory.
    const id = Buffer.from(traceId, 'latin1').toString('latin1');
    (this.exemplars ??= [])[bucketOf(ms)] = { traceId: id, ms, at: Date.now() / 1000 };
  }

  /** {@link quantileOf} all observations. */
  quantile(q: number): number {
    return quantileOf(this.counts, this.count, q);
  }
}

/**
 * The value that a share `q` of observations does not exceed, interpolated inside its bucket; 0 without observations.
 * @param counts observations by bucket, as in {@link LatencyHistogram.counts}
 * @param count their sum
 */
export function quantileOf(counts: ArrayLike<number>, count: number, q: number): number {
  const rank = q * count;
  let below = 0;
  for (let bucket = 0; bucket < BOUNDS_MS.length; bucket += 1) {
    const inside = counts[bucket] ?? 0;
    if (inside > 0 && below + inside >= rank) return within(bucket, (rank - below) / inside);
    below += inside;
  }
  return count === 0 ? 0 : (BOUNDS_MS.at(-1) ?? 0);
}

// Most responses fall into the first few buckets, where a linear scan is faster than a binary search.
function bucketOf(ms: number): number {
  let bucket = 0;
  while (ms > (BOUNDS_MS[bucket] ?? Infinity)) bucket += 1;
  return bucket;
}

function within(bucket: number, share: number): number {
  const low = BOUNDS_MS[bucket - 1] ?? 0;
  const high = BOUNDS_MS[bucket] ?? low;
  return low + (high - low) * share;
}

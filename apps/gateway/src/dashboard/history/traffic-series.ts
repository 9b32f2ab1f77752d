import type { TrafficHistory } from '#contracts';

/** Columns of a history that hold figures. */
export const FIGURES = [
  'requestsPerSecond',
  'errorRate',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'inFlight',
  'loopLagMs',
  'memoryBytes',
] as const;

/** The figures of one moment. */
export type TrafficPoint = Readonly<Record<(typeof FIGURES)[number], number>>;

/** The latest points of equal distance, in a ring that is allocated once. A point that was never recorded is empty. */
export class TrafficSeries {
  private readonly columns: Readonly<Record<keyof TrafficPoint, Float64Array>>;
  /** Number of the step of each place, counted from the epoch; 0: empty. */
  private readonly steps: Float64Array;
  private newest = 0;

  constructor(
    readonly stepSeconds: number,
    readonly length: number,
  ) {
    this.steps = new Float64Array(length);
    this.columns = Object.fromEntries(FIGURES.map((name) => [name, new Float64Array(length)])) as Record<
      keyof TrafficPoint,
      Float64Array
    >;
  }

  /** @param at seconds since the epoch */
  add(at: number, point: TrafficPoint): void {
    const step = Math.floor(at / this.stepSeconds);
    const place = step % this.length;
    this.steps[place] = step;
    for (const name of FIGURES) this.columns[name][place] = point[name];
    this.newest = Math.max(this.newest, step);
  }

  /** All points from the first recorded one. @param now seconds since the epoch */
  history(now: number): TrafficHistory {
    const last = Math.min(Math.floor(now / this.stepSeconds), this.newest);
    const steps = Array.from({ length: this.length }, (_, i) => last - this.length + 1 + i);
    const first = steps.findIndex((step) => this.has(step));
    const shown = first === -1 ? [] : steps.slice(first);
    const valuesOf = (name: keyof TrafficPoint): (number | null)[] =>
      shown.map((step) => (this.has(step) ? (this.columns[name][step % this.length] ?? null) : null));
    const figures = Object.fromEntries(FIGURES.map((name) => [name, valuesOf(name)]));
    return {
      stepSeconds: this.stepSeconds,
      at: shown.map((step) => step * this.stepSeconds),
      ...(figures as Record<keyof TrafficPoint, (number | null)[]>),
    };
  }

  /** Takes over the points of a history with the same steps. */
  restore({ at, ...columns }: TrafficHistory): void {
    at.forEach((seconds, i) => {
      if (columns.requestsPerSecond[i] === null) return;
      const point: Partial<Record<keyof TrafficPoint, number>> = {};
      for (const name of FIGURES) point[name] = columns[name][i] ?? 0;
      this.add(seconds, point as TrafficPoint);
    });
  }

  private has(step: number): boolean {
    return step > 0 && this.steps[step % this.length] === step;
  }
}

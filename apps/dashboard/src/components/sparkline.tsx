export interface SparklineProps {
  /** Oldest first; `null` leaves a gap. */
  readonly values: readonly (number | null)[];
}

const WIDTH = 100;
const HEIGHT = 28;

/** Points of an SVG path, scaled to the largest value. */
export function sparklinePath(values: readonly (number | null)[]): string {
  const largest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = WIDTH / Math.max(values.length - 1, 1);
  let command = 'M';
  let path = '';
  values.forEach((value, index) => {
    if (value === null) {
      command = 'M';
      return;
    }
    path += `${command}${(index * step).toFixed(1)} ${(HEIGHT - (value / largest) * HEIGHT).toFixed(1)}`;
    command = 'L';
  });
  return path;
}

/** The course of a figure; decorative, the figure stands beside it. */
export const Sparkline = ({ values }: SparklineProps) => (
  <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
    <path d={sparklinePath(values)} vector-effect="non-scaling-stroke" />
  </svg>
);

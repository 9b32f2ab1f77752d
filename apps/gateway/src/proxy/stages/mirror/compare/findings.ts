import type { ResponseDifference } from './response-differences.js';

/** Maximum number of paths that are kept; others are only counted. */
const MAX_PATHS = 100;

/** A path whose values are noise: they differ between instances of one version in more than this share. */
const NOISE_SHARE = 0.1;

/** How often responses differed at one path. */
interface PathCounts {
  /** Between the service and its mirror. */
  different: number;
  /** Between two instances of the service. */
  noise: number;
  /** What stood there at the first difference, without values. */
  readonly sample: Pick<ResponseDifference, 'present' | 'mirror'>;
}

/** One path at which responses differed. */
export interface PathFinding extends Readonly<PathCounts> {
  readonly path: string;
  readonly isNoise: boolean;
}

/** What the comparisons of one mirror have found. */
export class Findings {
  /** Comparisons by result. */
  equal = 0;
  noiseOnly = 0;
  different = 0;
  /** Requests that could not be compared: a response was missing, too large or not readable. */
  skipped = 0;
  /** Differences at paths that are not kept. */
  otherDifferences = 0;
  private readonly paths = new Map<string, PathCounts>();

  get compared(): number {
    return this.equal + this.noiseOnly + this.different;
  }

  /**
   * Records a comparison.
   * @param differences of the mirror from the service
   * @param noise differences of another instance of the service
   */
  record(differences: readonly ResponseDifference[], noise: readonly ResponseDifference[]): void {
    for (const each of noise) this.count(each, 'noise');
    const noisy = new Set(noise.map(({ path }) => path));
    const isReal = differences.some(({ path }) => !noisy.has(path) && !this.isNoise(path));
    for (const each of differences) this.count(each, 'different');
    if (isReal) this.different += 1;
    else if (differences.length + noise.length > 0) this.noiseOnly += 1;
    else this.equal += 1;
  }

  /** The paths with differences, most frequent first. */
  get differences(): readonly PathFinding[] {
    return [...this.paths]
      .map(([path, counts]) => ({ path, ...counts, isNoise: this.isNoise(path) }))
      .sort((a, b) => b.different - a.different);
  }

  private isNoise(path: string): boolean {
    return (this.paths.get(path)?.noise ?? 0) > NOISE_SHARE * this.compared;
  }

  private count({ path, present, mirror }: ResponseDifference, kind: 'different' | 'noise'): void {
    const known = this.paths.get(path);
    if (known) known[kind] += 1;
    else if (this.paths.size >= MAX_PATHS) this.otherDifferences += 1;
    else this.paths.set(path, { different: 0, noise: 0, sample: { present, mirror }, [kind]: 1 });
  }
}

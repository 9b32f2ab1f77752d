import { ConfigError } from '#service-kit';
import type { PolicyFile } from './policy-file.js';
import { placedProblem, readPolicyFile } from './read-policy-file.js';

/** Why the latest load failed. */
export interface FailedLoad {
  readonly at: number;
  /** One sentence per problem, beginning with the path, line and column. */
  readonly problems: readonly string[];
}

/** The policy file that is in effect: the last valid one. Times are in milliseconds since the epoch. */
export class LivePolicyFile {
  private readonly listeners = new Set<() => void>();
  /** When the content that is in effect was first loaded. */
  loadedAt = Date.now();
  /** When the file was last found valid. */
  validAt = this.loadedAt;
  /** `undefined`: the latest load succeeded. */
  lastError: FailedLoad | undefined;

  private constructor(
    readonly path: string,
    private file: PolicyFile,
    private read: ReadonlySet<string>,
  ) {}

  /** @throws ConfigError with every problem of the file */
  static load(path: string): LivePolicyFile {
    const read = new Set([path]);
    const result = readPolicyFile(path, (each) => read.add(each));
    if ('problems' in result)
      throw new ConfigError(
        result.problems.map((problem) => `GATEWAY_CONFIG ${placedProblem(path, problem)}`),
      );
    return new LivePolicyFile(path, result.file, read);
  }

  /** A file that is in effect, and is not on disk. */
  static of(file: PolicyFile): LivePolicyFile {
    return new LivePolicyFile('', file, new Set());
  }

  get current(): PolicyFile {
    return this.file;
  }

  /** Paths of the policy file and of the files that the latest load read for it. */
  get paths(): ReadonlySet<string> {
    return this.read;
  }

  /** Calls `listener` when another content takes effect. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Reads the file again. A file with problems changes nothing but `lastError`. */
  reload(): 'changed' | 'unchanged' {
    const read = new Set([this.path]);
    const result = readPolicyFile(this.path, (each) => read.add(each));
    this.read = read;
    const now = Date.now();
    if ('problems' in result) {
      const problems = result.problems.map((problem) => placedProblem(this.path, problem));
      this.lastError = { at: now, problems };
      return 'unchanged';
    }
    this.lastError = undefined;
    this.validAt = now;
    if (result.file.revision === this.file.revision) return 'unchanged';
    this.file = result.file;
    this.loadedAt = now;
    for (const listener of this.listeners) listener();
    return 'changed';
  }
}

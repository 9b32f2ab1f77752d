import { ConfigError } from '#service-kit';
import type { PolicyFile } from './policy-file.js';
import type { StageValidators } from './stage-settings.js';
import { documentAt, type PolicyDocument } from './policy-document.js';

/** Why the latest load failed. */
export interface FailedLoad {
  readonly at: number;
  /** One sentence per problem, beginning with the path, line and column. */
  readonly problems: readonly string[];
  /** The file is valid; the guard refused it. */
  readonly isRefused: boolean;
}

/** What a guard says of a valid file before it takes effect. */
export interface GuardVerdict {
  /** Why the file must not take effect; `undefined`: it may. */
  readonly objection: string | undefined;
  /** Recorded decisions by what the file would do to them. */
  readonly decisions: Readonly<Record<'unchanged' | 'changed' | 'unknown', number>>;
}

export type ReloadGuard = (candidate: PolicyFile) => Promise<GuardVerdict>;

/** The policy file that is in effect: the last valid one. Times are in milliseconds since the epoch. */
export class LivePolicyFile {
  private readonly listeners = new Set<() => void>();
  /** When the content that is in effect was first loaded. */
  loadedAt = Date.now();
  /** When the file was last found valid. */
  validAt = this.loadedAt;
  /** `undefined`: the latest load succeeded. */
  lastError: FailedLoad | undefined;
  /** What the guard said of the latest file that it judged, until a refused one is reverted; `undefined` without a guard. */
  lastVerdict: GuardVerdict | undefined;
  private guard: ReloadGuard | undefined;

  private constructor(
    private readonly document: PolicyDocument,
    private file: PolicyFile,
    private read: ReadonlySet<string>,
  ) {}

  /** @throws ConfigError with every problem of the file */
  static load(path: string): LivePolicyFile {
    return LivePolicyFile.loadDocument(documentAt(path));
  }

  /** @throws ConfigError with every problem of the document */
  static loadDocument(document: PolicyDocument): LivePolicyFile {
    const read = new Set(document.files);
    const result = document.read((each) => read.add(each));
    if ('problems' in result)
      throw new ConfigError(result.problems.map((problem) => document.setting + document.describe(problem)));
    return new LivePolicyFile(document, result.file, read);
  }

  /** A file that is in effect, and is not on disk. */
  static of(file: PolicyFile): LivePolicyFile {
    return new LivePolicyFile(documentAt(''), file, new Set());
  }

  get path(): string {
    return this.document.path;
  }

  /** Check the settings of stages that the program adds. */
  get stages(): StageValidators {
    return this.document.stages;
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

  /** Asks `guard` about every file that would take effect. */
  guardBy(guard: ReloadGuard): void {
    this.guard = guard;
    this.lastVerdict = NOTHING_JUDGED;
  }

  /**
   * Reads the file again. A file with problems, or to which the guard objects, changes nothing but `lastError` and
   * `lastVerdict`. Without a guard, the file is in effect when the call returns.
   */
  async reload(): Promise<'changed' | 'unchanged'> {
    const candidate = this.readAgain();
    if (!candidate) return 'unchanged';
    const { guard } = this;
    if (candidate.revision === this.file.revision) this.forgetRefusal();
    else if (guard && !(await this.passes(guard, candidate))) return 'unchanged';
    return this.accept(candidate);
  }

  private async passes(guard: ReloadGuard, candidate: PolicyFile): Promise<boolean> {
    const verdict = await verdictOf(guard, candidate);
    this.lastVerdict = verdict;
    if (verdict.objection === undefined) return true;
    this.lastError = { at: Date.now(), problems: [verdict.objection], isRefused: true };
    return false;
  }

  /** The file is as before: what a refused one would have changed concerns no file any more. */
  private forgetRefusal(): void {
    if (this.lastVerdict?.objection !== undefined) this.lastVerdict = NOTHING_JUDGED;
  }

  /** `undefined` if the file has problems. */
  private readAgain(): PolicyFile | undefined {
    const { document } = this;
    const read = new Set(document.files);
    const result = document.read((each) => read.add(each));
    this.read = read;
    if ('file' in result) return result.file;
    const problems = result.problems.map((problem) => document.describe(problem));
    this.lastError = { at: Date.now(), problems, isRefused: false };
    return undefined;
  }

  private accept(candidate: PolicyFile): 'changed' | 'unchanged' {
    this.lastError = undefined;
    this.validAt = Date.now();
    if (candidate.revision === this.file.revision) return 'unchanged';
    this.file = candidate;
    this.loadedAt = this.validAt;
    for (const listener of this.listeners) listener();
    return 'changed';
  }
}

const NOTHING_JUDGED: GuardVerdict = {
  objection: undefined,
  decisions: { unchanged: 0, changed: 0, unknown: 0 },
};

/** A guard that fails lets nothing pass. */
const verdictOf = (guard: ReloadGuard, candidate: PolicyFile): Promise<GuardVerdict> =>
  guard(candidate).catch((error: unknown) => ({
    objection: `the recorded decisions cannot be replayed: ${String(error)}`,
    decisions: NOTHING_JUDGED.decisions,
  }));

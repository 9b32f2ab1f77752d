import { timeNotRecorded } from '../discovery/index.js';
import type { LivePolicyFile } from './live-policy-file.js';
import { parsePolicyFile, type PolicyFile, type PolicyTexts } from './policy-file.js';
import type { FileContext } from './shapes.js';
import type { StageValidators } from './stage-settings.js';

/** A policy file that was in effect. */
export interface PolicyRevision {
  /** When it took effect, milliseconds since the epoch. */
  readonly at: number;
  readonly revision: string;
  readonly texts: PolicyTexts;
}

/** Limits of a {@link PolicyHistory}. */
export interface PolicyHistoryLimits {
  readonly revisions: number;
  /** Length of all texts, in UTF-16 code units. */
  readonly length: number;
}

const LIMITS: PolicyHistoryLimits = { revisions: 100, length: 4 * 1024 ** 2 };

/**
 * The policy files that were in effect, as texts: a parsed file takes many times the memory. The file that is in effect is
 * always kept.
 */
export class PolicyHistory {
  private kept: PolicyRevision[] = [];
  private parsed: PolicyFile | undefined;

  /** @param file `undefined`: no policy file is configured */
  constructor(
    readonly file: LivePolicyFile | undefined,
    private readonly limits = LIMITS,
  ) {
    if (!file) return;
    this.record(file);
    file.onChange(() => this.record(file));
  }

  /** The oldest first. */
  get revisions(): readonly PolicyRevision[] {
    return this.kept;
  }

  /** The revision that was in effect at `time`, milliseconds since the epoch; `undefined` if none is recorded. */
  at(time: number): PolicyRevision | undefined {
    return this.kept.findLast(({ at }) => at <= time);
  }

  /** The file of a revision. The last one that was requested is kept. */
  fileOf({ revision, texts }: PolicyRevision): PolicyFile {
    if (this.file?.current.revision === revision) return this.file.current;
    if (this.parsed?.revision !== revision) this.parsed = parse(texts, this.file?.stages);
    return this.parsed;
  }

  /** Adds revisions of the time before this process. */
  addEarlier(earlier: readonly PolicyRevision[]): void {
    const start = this.kept[0]?.at ?? Infinity;
    const before = earlier.filter(({ at }) => at < start).sort((a, b) => a.at - b.at);
    this.kept = [...before, ...this.kept];
    this.dropOldest();
  }

  private record({ loadedAt, current: { revision, texts } }: LivePolicyFile): void {
    this.kept.push({ at: loadedAt, revision, texts });
    this.dropOldest();
  }

  private dropOldest(): void {
    let length = 0;
    const fits = ({ texts: each }: PolicyRevision, age: number): boolean => {
      length += lengthOf(each);
      return age === 0 || (age < this.limits.revisions && length <= this.limits.length);
    };
    const latestFirst = this.kept.toReversed();
    const end = latestFirst.findIndex((each, age) => !fits(each, age));
    if (end !== -1) this.kept = latestFirst.slice(0, end).reverse();
  }
}

const lengthOf = ({ text, files }: PolicyTexts): number =>
  [...files.values()].reduce((sum, each) => sum + each.length, text.length);

function parse({ text, files }: PolicyTexts, stages: StageValidators): PolicyFile {
  const readFile: FileContext['readFile'] = (path) => {
    const found = files.get(path);
    return found === undefined ? { problem: 'the file is not recorded' } : { text: found };
  };
  const parsed = parsePolicyFile(text, readFile, stages);
  // An earlier version of the gateway may have accepted it.
  if ('problems' in parsed) throw timeNotRecorded('the policy file of that time is not valid any more');
  return parsed.file;
}

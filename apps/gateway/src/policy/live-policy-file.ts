import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '#service-kit';
import { parsePolicyFile, type PolicyFile } from './policy-file.js';

const MAX_FILE_BYTES = 10_000_000;

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
  ) {}

  /** @throws ConfigError with every problem of the file */
  static load(path: string): LivePolicyFile {
    const result = read(path);
    if ('problems' in result)
      throw new ConfigError(result.problems.map((problem) => `GATEWAY_CONFIG ${problem}`));
    return new LivePolicyFile(path, result.file);
  }

  get current(): PolicyFile {
    return this.file;
  }

  /** Calls `listener` when another content takes effect. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Reads the file again. A file with problems changes nothing but `lastError`. */
  reload(): 'changed' | 'unchanged' {
    const result = read(this.path);
    const now = Date.now();
    if ('problems' in result) {
      this.lastError = { at: now, problems: result.problems };
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

type ReadResult = { readonly file: PolicyFile } | { readonly problems: readonly string[] };

function read(path: string): ReadResult {
  const text = textOf(path);
  if (typeof text !== 'string') return { problems: [`${path}: ${text.problem}`] };
  const result = parsePolicyFile(text);
  if (!('problems' in result)) return result;
  return {
    problems: result.problems.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`),
  };
}

function textOf(path: string): string | { readonly problem: string } {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { problem: 'it is not a regular file' };
    if (stat.size > MAX_FILE_BYTES) return { problem: 'the file is larger than 10 MB' };
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { problem: 'the file is not UTF-8 text' };
    return { problem: `the file cannot be read (${code ?? String(error)})` };
  }
}

import { createHash } from 'node:crypto';
import { PolicyFileReader, type FileContents } from './policy-file-reader.js';
import { NO_CONTEXT, type FileContext } from './shapes.js';
import type { StageValidators } from './stage-settings.js';
import { YamlSource, type FileProblem } from './yaml-source.js';

/** What a policy file was parsed from. */
export interface PolicyTexts {
  readonly text: string;
  /** Text of each file that it names, by the path in it. */
  readonly files: ReadonlyMap<string, string>;
}

/** A valid policy file. */
export interface PolicyFile extends FileContents {
  /** Equal for equal texts. */
  readonly revision: string;
  readonly texts: PolicyTexts;
}

const REVISION_LENGTH = 12;

/** A policy file without problems, or its problems in their order. */
export type ParsedPolicyFile =
  | { readonly file: PolicyFile; readonly warnings: readonly FileProblem[] }
  | { readonly problems: readonly FileProblem[] };

/**
 * Parses the text of a policy file.
 * @param readFile reads the files that it names
 * @param stages check the settings of stages that a program adds
 */
export function parsePolicyFile(
  text: string,
  readFile: FileContext['readFile'] = NO_CONTEXT.readFile,
  stages?: StageValidators,
): ParsedPolicyFile {
  const source = new YamlSource(text);
  const contents: string[] = [];
  const files = new Map<string, string>();
  const readAndKeep: FileContext['readFile'] = (path) => {
    const read = readFile(path);
    if (!('text' in read)) return read;
    contents.push(read.text);
    files.set(path, read.text);
    return read;
  };
  const reader = new PolicyFileReader(source, { ...NO_CONTEXT, readFile: readAndKeep, stages });
  const file = { ...reader.read(), revision: revisionOf([text, ...contents]), texts: { text, files } };
  if (source.problems.length === 0) return { file, warnings: source.warnings };
  return { problems: source.problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function revisionOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('hex').slice(0, REVISION_LENGTH);
}

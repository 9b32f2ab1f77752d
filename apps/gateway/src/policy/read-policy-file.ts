import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parsePolicyFile, type ParsedPolicyFile } from './policy-file.js';
import type { StageValidators } from './stage-settings.js';
import type { FileProblem } from './yaml-source.js';

const MAX_FILE_BYTES = 1024 * 1024;

/** The text of a file, or why there is none. */
export type FileText =
  | { readonly text: string }
  /** `isAbsent`: nothing can be read at the path. Otherwise its content is wrong. */
  | { readonly problem: string; readonly isAbsent: boolean };

/**
 * Reads the policy file at `path`. A file that cannot be read has one problem, at its start.
 * @param onRead called with the path of each file whose content is a part of the policy file
 * @param stages check the settings of stages that a program adds
 */
export function readPolicyFile(
  path: string,
  onRead?: (path: string) => void,
  stages?: StageValidators,
): ParsedPolicyFile {
  const file = readFileText(path);
  if (!('text' in file)) return { problems: [{ line: 1, column: 1, message: file.problem }] };
  return parsePolicyFile(file.text, readFileNear(path, onRead), stages);
}

/** Reads the files that a policy file at `path` names. @param onRead called with their paths */
export const readFileNear =
  (path: string, onRead?: (path: string) => void) =>
  (name: string): FileText => {
    const full = resolve(dirname(path), name);
    onRead?.(full);
    return readFileText(full);
  };

/** Reads a file of UTF-8 text that has at most 1 MiB. */
export function readFileText(path: string): FileText {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { problem: 'the path is no regular file', isAbsent: true };
    if (stat.size > MAX_FILE_BYTES) return { problem: 'the file is larger than 1 MiB', isAbsent: false };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { problem: 'the file is not UTF-8 text', isAbsent: false };
    return { problem: `the file cannot be read (${code ?? String(error)})`, isAbsent: true };
  }
}

/** A problem with its place, as editors and terminals link it. */
export const placedProblem = (path: string, { line, column, message }: FileProblem): string =>
  `${path}:${line}:${column} ${message}`;

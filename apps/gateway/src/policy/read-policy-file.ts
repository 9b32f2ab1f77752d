import { readFileSync, statSync } from 'node:fs';
import { parsePolicyFile, type ParsedPolicyFile } from './policy-file.js';
import type { FileProblem } from './yaml-source.js';

const MAX_FILE_BYTES = 1024 * 1024;

/** Reads the policy file at `path`. A file that cannot be read has one problem, at its start. */
export function readPolicyFile(path: string): ParsedPolicyFile {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return unreadable('the path is no regular file');
    if (stat.size > MAX_FILE_BYTES) return unreadable('the file is larger than 1 MiB');
    return parsePolicyFile(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unreadable('the file is not UTF-8 text');
    return unreadable(`the file cannot be read (${code ?? String(error)})`);
  }
}

/** A problem with its place, as editors and terminals link it. */
export const placedProblem = (path: string, { line, column, message }: FileProblem): string =>
  `${path}:${line}:${column} ${message}`;

const unreadable = (message: string): ParsedPolicyFile => ({ problems: [{ line: 1, column: 1, message }] });

import { resolve } from 'node:path';
import { parsePolicyFile, type ParsedPolicyFile } from './policy-file.js';
import { placedProblem, readFileNear, readPolicyFile } from './read-policy-file.js';
import type { StageValidators } from './stage-settings.js';
import type { FileProblem } from './yaml-source.js';

/** Policies as an operator wrote them: a file, or an object of a program. */
export interface PolicyDocument {
  /** The setting that names it, for errors of a start. */
  readonly setting: string;
  /** Files that it names are relative to the folder of this path. */
  readonly path: string;
  /** Its own file, if it is one. */
  readonly files: readonly string[];
  /** Check the settings of stages that the program adds. */
  readonly stages: StageValidators;
  /** @param onRead called with the path of each file whose content is a part of it */
  read(onRead: (path: string) => void): ParsedPolicyFile;
  describe(problem: FileProblem): string;
}

export const documentAt = (path: string, stages?: StageValidators): PolicyDocument => ({
  setting: 'GATEWAY_CONFIG ',
  path,
  files: [path],
  stages,
  read: (onRead) => readPolicyFile(path, onRead, stages),
  describe: (problem) => placedProblem(path, problem),
});

/**
 * The policies of a program, with the members of a policy file. It is read at once: later changes of `content` change
 * nothing. The files that it names are relative to the working directory.
 */
export function documentOf(content: object, stages?: StageValidators): PolicyDocument {
  const [path, text] = [resolve('policies'), JSON.stringify(content)];
  return {
    setting: 'policies: ',
    path,
    files: [],
    stages,
    read: (onRead) => parsePolicyFile(text, readFileNear(path, onRead), stages),
    describe: ({ message }) => message,
  };
}

/** `check FILE`: checks a policy file as the gateway does at its start. */
import { readArguments } from './arguments.mjs';

export const usage = `check FILE [--json]

  check FILE   reports every problem of a policy file (GATEWAY_CONFIG), with line and column, and warns of what is
               valid but probably not meant
  --json       prints { valid, revision, problems: [{ line, column, message }], warnings }; use npm run -s gateway

exit code: 0 the file is valid, 1 it has problems, 2 the command is wrong`;

export const read = (args) => readArguments(args, ['file']);

/** @returns the exit code */
export async function run({ file: path, json }) {
  const { placedProblem, readPolicyFile } =
    await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const { file: policies, problems = [], warnings = [] } = readPolicyFile(path);
  const valid = problems.length === 0;
  const revision = policies?.revision ?? null;
  if (json) console.log(JSON.stringify({ valid, revision, problems, warnings }, undefined, 2));
  else if (valid) console.log(`${path} is valid: revision ${revision}`);
  else for (const problem of problems) console.error(placedProblem(path, problem));
  if (!json) for (const warning of warnings) console.error(`warning: ${placedProblem(path, warning)}`);
  return valid ? 0 : 1;
}

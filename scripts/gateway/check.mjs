/** `check FILE`: checks a policy file as the gateway does at its start. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { STAGES, validatorsFrom } from './stages.mjs';

export const command = {
  summary:
    'reports every problem of a policy file (GATEWAY_CONFIG), with line and column, and warns of what is valid but probably not meant',
  positionals: { file: { value: 'FILE', help: 'the policy file' } },
  options: {
    ...STAGES,
    json: {
      type: 'boolean',
      help: 'prints { valid, revision, problems: [{ line, column, message }], warnings }',
    },
  },
  exitCodes: { 0: 'the file is valid', 1: 'it has problems' },
  run,
};

/** Warnings about files with keys: without them, the routes of their providers respond with 503. */
async function unusableFiles({ authentication: { jwt = [], apiKey = [] } }, folder) {
  const { parseApiKeys } = await import('../../dist/apps/gateway/src/policy/api-keys-file.js');
  const { placedProblem } = await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const keysIn = (text, file) =>
    (parseApiKeys(text).problems ?? []).map((problem) => placedProblem(file, problem));
  const jwksIn = (text, file) => {
    const isKeySet = Array.isArray(JSON.parse(text).keys);
    return isKeySet ? [] : [`${file} is no JSON Web Key Set`];
  };
  const problemsOf = (file, read) => {
    try {
      return read(readFileSync(resolve(folder, file), 'utf8'), file);
    } catch (error) {
      return [`${file} cannot be read (${error.code ?? error.message})`];
    }
  };
  const warningsOf = (path, file, read) =>
    problemsOf(file, read).map((problem) => ({ line: 1, column: 1, message: `${path}: ${problem}` }));
  return [
    ...[...jwt].flatMap(([name, { jwks }]) =>
      jwks.file === undefined ? [] : warningsOf(`authentication.jwt.${name}.jwks.file`, jwks.file, jwksIn),
    ),
    ...[...apiKey].flatMap(([name, { keysFile }]) =>
      warningsOf(`authentication.apiKey.${name}.keysFile`, keysFile, keysIn),
    ),
  ];
}

/** @returns the exit code */
async function run({ file: path, stages, json }) {
  const { placedProblem, readPolicyFile } =
    await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const validators = await validatorsFrom(stages);
  const {
    file: policies,
    problems = [],
    warnings: overlaps = [],
  } = readPolicyFile(path, undefined, validators);
  const warnings = [...overlaps, ...(policies ? await unusableFiles(policies, dirname(path)) : [])];
  const valid = problems.length === 0;
  const revision = policies?.revision ?? null;
  if (json) console.log(JSON.stringify({ valid, revision, problems, warnings }, undefined, 2));
  else if (valid) console.log(`${path} is valid: revision ${revision}`);
  else for (const problem of problems) console.error(placedProblem(path, problem));
  if (!json) for (const warning of warnings) console.error(`warning: ${placedProblem(path, warning)}`);
  return valid ? 0 : 1;
}

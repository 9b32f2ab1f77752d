/** `npm run gateway -- check FILE [--json]`: checks a policy file as the gateway does at its start. */
import './lib/node-version.mjs';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';

const USAGE = `usage: npm run gateway -- check FILE [--json]

  check FILE   reports every problem of a policy file (GATEWAY_CONFIG), with line and column
  --json       prints { valid, revision, problems: [{ line, column, message }] }; use npm run -s gateway

exit code: 0 the file is valid, 1 it has problems, 2 the command is wrong`;

const { command, file, json, help } = readArguments();
if (help) console.log(USAGE);
else if (command === 'check' && file !== undefined) await check(file);
else {
  console.error(USAGE);
  process.exitCode = 2;
}

function readArguments() {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [command, file, ...rest] = positionals;
    return rest.length > 0 ? {} : { command, file, ...values };
  } catch {
    return {};
  }
}

async function check(path) {
  await ensureBuilt();
  const { placedProblem, readPolicyFile } =
    await import('../dist/apps/gateway/src/policy/read-policy-file.js');
  const { file: policies, problems = [] } = readPolicyFile(path);
  const valid = problems.length === 0;
  const revision = policies?.revision ?? null;
  if (json) console.log(JSON.stringify({ valid, revision, problems }, undefined, 2));
  else if (valid) console.log(`${path} is valid: revision ${revision}`);
  else for (const problem of problems) console.error(placedProblem(path, problem));
  process.exitCode = valid ? 0 : 1;
}

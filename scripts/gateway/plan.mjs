/** `plan FILE`: lists the recorded requests that the gateway would treat in another way with another policy file. */
import { readFileSync } from 'node:fs';
import { GATEWAY, gatewayOf, TOKEN, tokenOf } from './client/gateway-client.mjs';
import { CommandError, EXIT, usageError } from './command-error.mjs';
import { STAGES, validatorsFrom } from './stages.mjs';
import { stripControl } from './terminal/text.mjs';

const TIMEOUT_MS = 30_000;

export const command = {
  summary:
    'applies a policy file to the latest decisions of a running gateway, and lists the requests that it would treat differently',
  positionals: { file: { value: 'FILE', help: 'the next policy file' } },
  options: {
    ...GATEWAY,
    from: { type: 'string', replacedBy: 'gateway' },
    ...TOKEN,
    record: {
      type: 'string',
      value: 'RECORD',
      help: 'a saved response of GET /policies/decisions, instead of a running gateway',
    },
    ...STAGES,
    json: {
      type: 'boolean',
      help: 'prints { total, changed, unknown, changes: [{ count, present, next, example, requestIds }] }',
    },
  },
  exitCodes: {
    0: 'nothing would change',
    1: 'decisions would change, or cannot be determined',
    2: 'the file has problems, the record cannot be used, or the command is wrong',
    3: 'the gateway cannot be reached',
  },
  verify: ({ gateway, record }) => {
    if (gateway !== undefined && record !== undefined)
      throw usageError('--gateway and --record exclude each other');
  },
  run,
};

/** @returns the exit code */
async function run({ file: path, record, stages, json, ...options }) {
  const { placedProblem, readPolicyFile } =
    await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const { file, problems = [] } = readPolicyFile(path, undefined, await validatorsFrom(stages));
  if (!file) throw unusable(problems.map((problem) => placedProblem(path, problem)).join('\n'));
  const { text, source } = record === undefined ? await recordFrom(options) : savedRecord(record);
  const { planRecord, RecordError } = await import('../../dist/apps/gateway/src/proxy/plan/record-text.js');
  try {
    const plan = planRecord(text, file, tokenOf(options));
    console.log(json ? JSON.stringify(plan, undefined, 2) : await textOf(plan));
    return plan.changes.length === 0 ? EXIT.ok : EXIT.failed;
  } catch (error) {
    throw error instanceof RecordError ? unusable(`${source}: ${error.message}`) : error;
  }
}

const unusable = (message) => new CommandError(EXIT.usage, message);

async function recordFrom(options) {
  const gateway = gatewayOf(options, EXIT.unreachable);
  return { text: await gateway.text('GET', '/policies/decisions', TIMEOUT_MS), source: gateway.url };
}

function savedRecord(path) {
  try {
    return { text: readFileSync(path, 'utf8'), source: path };
  } catch (error) {
    throw unusable(`${path} cannot be read (${error.code ?? error.message})`);
  }
}

async function textOf({ total, changed, unknown, changes }) {
  const { describeChange } = await import('../../dist/apps/gateway/src/proxy/plan/plan.js');
  if (changes.length === 0)
    return `nothing would change (${total.toLocaleString('en')} ${total === 1 ? 'decision' : 'decisions'})`;
  const unclear = unknown === 0 ? '' : `; ${unknown.toLocaleString('en')} cannot be determined`;
  return [
    `${changed.toLocaleString('en')} of ${total.toLocaleString('en')} decisions would change${unclear}`,
    ...changes.map(
      (change) =>
        `  ${stripControl(describeChange(change, total))}\n    such as ${stripControl(change.example)}`,
    ),
  ].join('\n');
}

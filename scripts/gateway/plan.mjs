/** `plan FILE`: lists the recorded requests that the gateway would treat in another way with another policy file. */
import { readFileSync } from 'node:fs';
import { operatorsUrl } from '../lib/gateway-url.mjs';
import { readArguments } from './arguments.mjs';

export const usage = `plan FILE [--from URL | --record RECORD] [--json]

  plan FILE          takes the latest decisions of a gateway through a policy file, and lists what would change
  --from URL         the gateway, by default as GATEWAY_HOST and GATEWAY_PORT, or ADMIN_HOST and ADMIN_PORT, say:
                     http://127.0.0.1:8000. A gateway on another machine needs its REGISTRY_TOKEN
  --record RECORD    a saved response of GET /policies/decisions instead
  --json             prints { total, changed, unknown, changes: [{ count, present, next, example, requestIds }] }

exit code: 0 nothing would change; 1 decisions would change, or cannot be told; 2 the file has problems, the record cannot
           be used, or the command is wrong; 3 the gateway cannot be reached`;

const OPTIONS = { from: { type: 'string' }, record: { type: 'string' } };

const TIMEOUT_MS = 30_000;

export function read(args) {
  const options = readArguments(args, ['file'], OPTIONS);
  return options?.from !== undefined && options.record !== undefined ? undefined : options;
}

/** @returns the exit code */
export async function run({ file: path, from = operatorsUrl(process.env), record, json }) {
  const { placedProblem, readPolicyFile } =
    await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const { file, problems = [] } = readPolicyFile(path);
  if (!file) return fail(2, ...problems.map((problem) => placedProblem(path, problem)));
  const { text, failure, code } = record === undefined ? await recordFrom(from) : savedRecord(record);
  if (failure) return fail(code, failure);
  const { planRecord, RecordError } = await import('../../dist/apps/gateway/src/proxy/plan/record-text.js');
  try {
    const plan = planRecord(text, file, process.env.REGISTRY_TOKEN);
    console.log(json ? JSON.stringify(plan, undefined, 2) : await textOf(plan));
    return plan.changes.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof RecordError) return fail(2, `${record ?? from}: ${error.message}`);
    throw error;
  }
}

async function recordFrom(url) {
  try {
    const token = process.env.REGISTRY_TOKEN;
    const response = await fetch(new URL('/policies/decisions', url), {
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
    const text = await response.text();
    if (response.status === 200) return { text };
    return { code: 3, failure: `${url}: GET /policies/decisions responded ${response.status}` };
  } catch (error) {
    const cause = error.cause?.code ?? error.cause?.message ?? error.message;
    return { code: 3, failure: `${url}: the gateway cannot be reached (${cause})` };
  }
}

function savedRecord(path) {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { code: 2, failure: `${path} cannot be read (${error.code ?? error.message})` };
  }
}

async function textOf({ total, changed, unknown, changes }) {
  const { describeChange } = await import('../../dist/apps/gateway/src/proxy/plan/plan.js');
  if (changes.length === 0) return `nothing would change (${total.toLocaleString('en')} decisions)`;
  const unclear = unknown === 0 ? '' : `; of ${unknown.toLocaleString('en')} it cannot be told`;
  return [
    `${changed.toLocaleString('en')} of ${total.toLocaleString('en')} decisions would change${unclear}`,
    ...changes.map((change) => `  ${describeChange(change, total)}\n    such as ${change.example}`),
  ].join('\n');
}

function fail(code, ...messages) {
  for (const message of messages) console.error(message);
  return code;
}

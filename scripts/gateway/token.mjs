/** `token TOKEN`: says which provider of a policy file would accept a token, and why others would not. */
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { usageError } from './command-error.mjs';

export const command = {
  summary: 'says offline which provider of a policy file would accept a token, and why others would not',
  positionals: {
    token: {
      value: 'TOKEN',
      help: 'the token; with "-" it is read from the standard input, so that it is in no shell history',
    },
  },
  options: {
    config: { type: 'string', value: 'FILE', help: 'the policy file; by default GATEWAY_CONFIG' },
    jwks: { type: 'string', value: 'FILE', help: 'the key set, for providers whose keys come from a URL' },
    json: {
      type: 'boolean',
      help: 'prints { accepted, providers: [{ provider, result, reason, consumer, scopes, fields }] }',
    },
  },
  exitCodes: {
    0: 'a provider accepts the token',
    1: 'none does',
    2: 'the command or the policy file is wrong',
  },
  verify: ({ config = process.env.GATEWAY_CONFIG }) => {
    if (!config) throw usageError('missing: --config FILE or GATEWAY_CONFIG');
  },
  run,
};

/** @returns the exit code */
async function run({ token, config = process.env.GATEWAY_CONFIG, jwks, json }) {
  const { placedProblem, readPolicyFile } =
    await import('../../dist/apps/gateway/src/policy/read-policy-file.js');
  const { file, problems = [] } = readPolicyFile(config);
  for (const problem of problems) console.error(placedProblem(config, problem));
  if (!file) return 2;
  const { judgeToken } =
    await import('../../dist/apps/gateway/src/proxy/stages/authentication/jwt/judge-token.js');
  const given = token === '-' ? (await text(process.stdin)).trim() : token;
  const providers = await judgeToken(given, file, { folder: dirname(resolve(config)), jwks });
  const accepted = providers.some(({ result }) => result === 'accepted');
  if (json) console.log(JSON.stringify({ accepted, providers }, undefined, 2));
  else if (providers.length === 0) console.log(`${config} has no providers of tokens`);
  else for (const each of providers) console.log(sentenceOf(each));
  return accepted ? 0 : 1;
}

function sentenceOf({ provider, result, reason, consumer, scopes }) {
  if (result !== 'accepted') return `${provider}: ${result} (${reason})`;
  return `${provider}: accepted, consumer ${JSON.stringify(consumer)}, scopes ${JSON.stringify(scopes)}`;
}

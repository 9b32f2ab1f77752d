/** `keys new CONSUMER`: creates an API key; the gateway needs only its hash. */

export const command = {
  summary: 'creates an API key; the gateway needs only its hash',
  positionals: {
    action: { value: 'new', values: ['new'], help: 'creates a key' },
    consumer: { value: 'CONSUMER', help: 'whose key it is: visible ASCII characters without spaces' },
  },
  options: {
    scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'a scope of the key; may be repeated' },
    expires: {
      type: 'string',
      value: '90d|TIME',
      help: 'days (d) or hours (h) until the key expires, or a time such as 2030-01-31T00:00:00Z',
    },
    name: { type: 'string', value: 'NOTE', help: 'a note for operators' },
    file: {
      type: 'string',
      value: 'FILE',
      help: 'adds the key to this keys file; creates it if it does not exist',
    },
    json: { type: 'boolean', help: 'prints { key, entry, file }' },
  },
  notes: ['The key is shown once. Its line belongs in the keysFile of a provider (authentication.apiKey).'],
  exitCodes: { 0: 'the key is created', 1: 'the keys file cannot be changed' },
  run,
};

const UNITS_MS = { d: 86_400_000, h: 3_600_000 };

/** @returns the exit code */
async function run({ consumer, scope: scopes, expires, name, file, json }) {
  const { newApiKey, sha256Of } =
    await import('../../dist/apps/gateway/src/proxy/stages/authentication/api-key/api-key.js');
  const { parseApiKeys, timeOf } = await import('../../dist/apps/gateway/src/policy/api-keys-file.js');
  const until = expires === undefined ? undefined : expiryOf(expires, timeOf);
  if (until === null)
    return fail(2, ['--expires must be 90d, 12h or a time to come, such as 2030-01-31T00:00:00Z']);
  const key = newApiKey();
  const entry = { sha256: sha256Of(key), consumer, scopes, expires: until, name };
  const { problems = [] } = parseApiKeys(JSON.stringify({ version: 1, keys: [entry] }));
  if (problems.length > 0)
    return fail(
      2,
      problems.map(({ message }) => message.replace('file.keys[0].', '')),
    );
  // Loaded on demand: the YAML parser would delay all commands, and completion.
  const { addToKeysFile, lineOf } = await import('./keys-file.mjs');
  const refusals = file === undefined ? [] : addToKeysFile(file, entry, parseApiKeys);
  if (refusals.length > 0) return fail(1, refusals);
  console.log(
    json
      ? JSON.stringify({ key, entry, file: file ?? null }, undefined, 2)
      : textOf(key, consumer, lineOf(entry), file),
  );
  return 0;
}

/** The time as it stands in the file; `null` if it is none, or has passed. */
function expiryOf(text, timeOf) {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const ms = count ? Date.now() + count * UNITS_MS[unit] : timeOf(text);
  return ms > Date.now() ? new Date(ms).toISOString() : null;
}

function textOf(key, consumer, line, file) {
  const place = file === undefined ? 'Line for "keys" of the keys file:' : `Added to ${file}:`;
  return `API key of ${consumer}, shown only now:\n\n  ${key}\n\n${place}\n\n  - ${line}`;
}

function fail(code, messages) {
  for (const message of messages) console.error(message);
  return code;
}

/** `keys new CONSUMER`: creates an API key; the gateway needs only its hash. */
import { Document } from 'yaml';
import { readArguments } from './arguments.mjs';
import { addToKeysFile } from './keys-file.mjs';

export const usage = `keys new CONSUMER [--scope SCOPE]... [--expires 90d|TIME] [--name NOTE] [--file FILE] [--json]

  CONSUMER         whose key it is: visible ASCII characters without spaces
  --scope SCOPE    a scope of the key; may be repeated
  --expires 90d    days (d) or hours (h) until the key expires, or a time such as 2030-01-31T00:00:00Z
  --name NOTE      a note for operators
  --file FILE      adds the key to this keys file; creates it if it does not exist
  --json           prints { key, entry, file }

The key is shown once. Its line belongs in the keysFile of a provider (authentication.apiKey).

exit code: 0 the key is created, 1 the keys file cannot be changed, 2 the command is wrong`;

const OPTIONS = {
  scope: { type: 'string', multiple: true },
  expires: { type: 'string' },
  name: { type: 'string' },
  file: { type: 'string' },
};

const UNITS_MS = { d: 86_400_000, h: 3_600_000 };

export function read(args) {
  const options = readArguments(args, ['action', 'consumer'], OPTIONS);
  return options?.help || options?.action === 'new' ? options : undefined;
}

/** @returns the exit code */
export async function run({ consumer, scope: scopes, expires, name, file, json }) {
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
  const refusals = file === undefined ? [] : addToKeysFile(file, entry, parseApiKeys);
  if (refusals.length > 0) return fail(1, refusals);
  console.log(
    json ? JSON.stringify({ key, entry, file: file ?? null }, undefined, 2) : textOf(key, entry, file),
  );
  return 0;
}

/** The time as it stands in the file; `null` if it is none, or has passed. */
function expiryOf(text, timeOf) {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const ms = count ? Date.now() + count * UNITS_MS[unit] : timeOf(text);
  return ms > Date.now() ? new Date(ms).toISOString() : null;
}

function textOf(key, entry, file) {
  const line = new Document(entry);
  line.contents.flow = true;
  const place = file === undefined ? 'Line for "keys" of the keys file:' : `Added to ${file}:`;
  return `API key of ${entry.consumer}, shown only now:\n\n  ${key}\n\n${place}\n\n  - ${line.toString({ lineWidth: 0 }).trim()}`;
}

function fail(code, messages) {
  for (const message of messages) console.error(message);
  return code;
}

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, snakeCase } from '../lib/services.mjs';
import { StackError } from './stack-error.mjs';

export const SECRETS_FOLDER = 'docker/secrets';

// Letters and digits only: no escaping is needed in URLs and configuration files.
const random = () => randomBytes(24).toString('hex');

/** The secret with the URL of a service's database: `user_database_url` of `user-service`. */
const secretOf = (service) => snakeCase(service).replace(/_service$/, '_database_url');

const databaseUrl = (role) => `postgres://${role}:${random()}@postgres:5432/${role}`;

/** How each secret is created; some use one that was created before. */
const RECIPES = {
  registry_token: random,
  redis_url: () => `redis://default:${random()}@redis:6379`,
  redis_conf: (read) => redisConfiguration(new URL(read('redis_url')).password),
  postgres_password: random,
  ...Object.fromEntries(SERVICES.map((name) => [secretOf(name), () => databaseUrl(snakeCase(name))])),
};
const CERTIFICATE = ['tls_certificate', 'tls_key'];

// Gateways restore the registry, so Redis needs no persistence. It must not evict keys of the registry, which have no TTL.
// Of the others, stored responses that are not used go before rate limits that are.
const redisConfiguration = (password) =>
  [
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 256mb',
    'maxmemory-policy volatile-lru',
  ].join('\n');

const pathOf = (name) => join(SECRETS_FOLDER, name);
const exists = (name) => existsSync(pathOf(name));
const read = (name) => readFileSync(pathOf(name), 'utf8').trim();

/** Names of missing secrets that production needs. */
export const missingSecrets = () => [...Object.keys(RECIPES), ...CERTIFICATE].filter((name) => !exists(name));

/** Creates every missing secret; existing ones stay unchanged. */
export function makeSecrets() {
  // The mode of the folder excludes other users of this machine; users inside the containers read the files.
  mkdirSync(SECRETS_FOLDER, { recursive: true });
  chmodSync(SECRETS_FOLDER, 0o700);
  for (const [name, recipe] of Object.entries(RECIPES)) if (!exists(name)) make(name, () => recipe(read));
  if (!CERTIFICATE.every(exists)) selfSign();
}

function make(name, recipe) {
  writeFileSync(pathOf(name), `${recipe()}\n`, { mode: 0o644, flag: 'wx' });
  console.log(`created ${pathOf(name)}`);
}

/** Creates a certificate for trials. Browsers warn that it is self-signed. */
function selfSign() {
  if (CERTIFICATE.some(exists))
    throw new StackError(`${CERTIFICATE.join(' and ')} belong together, and one is missing`);
  const [certificate, key] = CERTIFICATE.map(pathOf);
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  const kind = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '90',
  ];
  try {
    execFileSync('openssl', ['req', ...kind, ...names, ...files], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'openssl is not installed' : error.stderr?.toString().trim();
    throw new StackError(`put your certificate into ${certificate} and its key into ${key} (${reason})`);
  }
  // openssl makes it readable for its owner only, and nginx runs as another user.
  chmodSync(key, 0o644);
  console.log(`created ${certificate} and ${key}: self-signed, for trials; replace them by your own`);
}

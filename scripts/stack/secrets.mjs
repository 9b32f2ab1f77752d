import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './stack-error.mjs';

export const SECRETS_FOLDER = 'docker/secrets';

// Letters and digits alone: they stand in URLs and in configuration files, where nothing then needs escaping.
const random = () => randomBytes(24).toString('hex');

const databaseUrl = (service) => () => `postgres://${service}:${random()}@postgres:5432/${service}`;

/** What each secret is made of; some need another one that was made before. */
const RECIPES = {
  registry_token: random,
  redis_url: () => `redis://default:${random()}@redis:6379`,
  redis_conf: (read) => redisConfiguration(new URL(read('redis_url')).password),
  postgres_password: random,
  user_database_url: databaseUrl('user_service'),
  order_database_url: databaseUrl('order_service'),
  product_database_url: databaseUrl('product_service'),
};
const CERTIFICATE = ['tls_certificate', 'tls_key'];

// What redis forgets comes back by itself; what it must never do is to drop instances to make room.
const redisConfiguration = (password) =>
  [
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory 256mb',
    'maxmemory-policy volatile-ttl',
  ].join('\n');

const pathOf = (name) => join(SECRETS_FOLDER, name);
const isThere = (name) => existsSync(pathOf(name));
const read = (name) => readFileSync(pathOf(name), 'utf8').trim();

/** Names of the secrets that production needs and that are not there. */
export const missingSecrets = () =>
  [...Object.keys(RECIPES), ...CERTIFICATE].filter((name) => !isThere(name));

/** Makes every secret that is missing; what is there stays as it is. */
export function makeSecrets() {
  // The folder keeps other users of this machine out; the files are read by the users inside the containers.
  mkdirSync(SECRETS_FOLDER, { recursive: true });
  chmodSync(SECRETS_FOLDER, 0o700);
  for (const [name, recipe] of Object.entries(RECIPES)) if (!isThere(name)) make(name, () => recipe(read));
  if (!CERTIFICATE.every(isThere)) selfSign();
}

function make(name, recipe) {
  writeFileSync(pathOf(name), `${recipe()}\n`, { mode: 0o644, flag: 'wx' });
  console.log(`made ${pathOf(name)}`);
}

/** A certificate to try the system with; browsers will say that they do not know who signed it. */
function selfSign() {
  if (CERTIFICATE.some(isThere))
    throw new StackError(`${CERTIFICATE.join(' and ')} belong together: one is missing`);
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
    const reason =
      error.code === 'ENOENT' ? 'openssl is not on this machine' : error.stderr?.toString().trim();
    throw new StackError(`put your certificate into ${certificate} and its key into ${key} (${reason})`);
  }
  // openssl makes it readable for its owner alone, and nginx runs as another user.
  chmodSync(key, 0o644);
  console.log(`made ${certificate} and ${key}: self-signed, for trying; put your own there`);
}

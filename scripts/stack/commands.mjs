import { makeSecrets, missingSecrets, SECRETS_FOLDER } from './secrets.mjs';
import { StackError } from './stack-error.mjs';
import { upgrade } from './upgrade.mjs';

const ADDRESS = {
  development: 'http://localhost:8000',
  watch: 'http://localhost:8000',
  production: 'https://localhost',
};

/** Compose would create a folder for each missing file, and start. */
function requireSecrets({ kind }) {
  const missing = kind === 'production' ? missingSecrets() : [];
  if (missing.length === 0) return;
  throw new StackError(
    `missing in ${SECRETS_FOLDER}: ${missing.join(', ')}\ncreate them with: npm run stack -- secrets (see docs/deployment.md)`,
  );
}

async function up(compose, services, { build }) {
  requireSecrets(compose);
  const code = await compose.run('up', '--detach', build ? '--build' : '--no-build', '--wait', ...services);
  if (code === 0) console.log(`ready: open ${ADDRESS[compose.kind]}`);
  return code;
}

async function rebuild(compose, services) {
  requireSecrets(compose);
  const code = await compose.run('build', '--no-cache', ...services);
  return code === 0 ? await compose.run('up', '--detach', '--wait', ...services) : code;
}

function secrets() {
  makeSecrets();
  return 0;
}

/** Each command takes the compose files, the services of the command line and the options, and returns the exit code. */
export const COMMANDS = {
  up,
  ps: (compose, services) => compose.run('ps', '--all', ...services),
  logs: (compose, services) => compose.run('logs', '--follow', '--tail', '100', ...services),
  restart: (compose, services) => compose.run('restart', ...services),
  rebuild,
  upgrade,
  down: (compose, services) => compose.run('down', ...services),
  secrets,
};

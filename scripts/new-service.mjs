/** `npm run new-service -- NAME`: adds a service to this workspace: its app, its tests, and its entry wherever services are named. */
import './lib/node-version.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { NameError, readName } from './new-service/name.mjs';
import { nextPort } from './new-service/next-port.mjs';
import { register } from './new-service/registrations.mjs';
import { renderer } from './new-service/render.mjs';
import { newFiles } from './new-service/templates.mjs';

const USAGE = `usage: npm run new-service -- NAME [--plural PLURAL]

  NAME              what the service stores, in the singular: review adds the service review-service with /reviews.
                    Lower-case letters, digits and single hyphens, a letter first, at most 30 characters
  --plural PLURAL   its plural, if it is irregular: npm run new-service -- person --plural people

Adds apps/NAME-service, its tests, and its entry in the monolith, in package.json and nest-cli.json, in Compose, Kubernetes,
nginx, Prometheus, the release workflow and the documentation.
exit code: 0 added; 2 the command or the name is wrong, and nothing is written`;

const OPTIONS = { plural: { type: 'string' }, help: { type: 'boolean', short: 'h' } };

/** @throws NameError or TypeError for the user */
function readCommandLine() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) return undefined;
  if (positionals.length !== 1) throw new NameError(`one NAME must be given\n\n${USAGE}`);
  return readName(positionals[0], values.plural);
}

/** Reads and plans everything before the first file is written. */
async function add(name) {
  await ensureInstalled();
  const { format } = await import('./new-service/format.mjs');
  const render = renderer(name, nextPort());
  const created = newFiles(render);
  const { changed, byHand } = register(render);
  const texts = await Promise.all([...created, ...changed].map(format));
  for (const { path, text } of texts) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  report({ created, changed, byHand, render });
}

function report({ created, changed, byHand, render }) {
  for (const { path } of created) console.log(`created ${path}`);
  for (const { path } of changed) console.log(`changed ${path}`);
  for (const { path, text } of byHand) console.log(`\n${path} names no other service. Add by hand:\n${text}`);
  console.log(
    render(`
Next:
  npm run build
  npx jest apps/sample-item-service test/sample-item-service
  npm start
  curl http://localhost:8000/api/sample-item-service/sample-items

Its members are in apps/sample-item-service/src/sample-items. After a change of its API: npm run docs.
docs/guide/adding-a-service.md describes every file.`),
  );
}

try {
  const name = readCommandLine();
  if (name) await add(name);
  else console.log(USAGE);
} catch (error) {
  if (!(error instanceof NameError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

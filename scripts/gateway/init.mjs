/** `init`: writes the files of a first system: policies, a compose file and a service. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the service of a language runs: in a container, and on this machine. */
const LANGUAGES = {
  typescript: {
    image: 'node:24-slim',
    // `exec`: the service, not the shell, receives the signal that stops the container.
    command: "sh -c 'npm install && npm run build && exec node server.js'",
    next: 'cd hello && npm install && npm start',
  },
  python: { image: 'python:3-slim', command: 'python3 server.py', next: 'python3 hello/server.py' },
  go: {
    image: 'golang:1',
    command: "sh -c 'go build -o /tmp/hello . && exec /tmp/hello'",
    next: 'cd hello && go run .',
  },
};

const TEMPLATES = fileURLToPath(new URL('templates', import.meta.url));

export const command = {
  summary: 'writes gateway.yaml, docker-compose.yml and a first service, hello/; overwrites no file',
  options: {
    language: {
      type: 'string',
      value: 'LANGUAGE',
      values: Object.keys(LANGUAGES),
      help: 'of the service: typescript (default), python or go',
    },
    folder: { type: 'string', value: 'FOLDER', help: 'where, by default here' },
    json: { type: 'boolean', help: 'prints { files, next }' },
  },
  exitCodes: { 0: 'the files are written', 1: 'a file exists or cannot be written' },
  run,
};

/** @returns the exit code */
async function run({ language = 'typescript', folder = '.', json }) {
  const { GATEWAY_VERSION } = await import('../../dist/apps/gateway/src/config/gateway.version.js');
  const values = { ...LANGUAGES[language], version: GATEWAY_VERSION };
  const files = ['common', language].flatMap((name) => filesOf(join(TEMPLATES, name), values));
  const present = files.filter(({ path }) => existsSync(join(folder, path)));
  if (present.length > 0)
    return fail(`${present.map(({ path }) => path).join(', ')}: exists; nothing is written`);
  try {
    for (const { path, text } of files) write(join(folder, path), text);
  } catch (error) {
    return fail(`${error.path ?? folder} cannot be written (${error.code ?? error.message})`);
  }
  const enter = folder === '.' ? '' : `cd '${folder}' && `;
  // By the name of the package: where it is not installed, npx would fetch another package named msa-gateway.
  const next = ['npx @msa-gateway/gateway start --config gateway.yaml', values.next].map(
    (line) => enter + line,
  );
  const paths = files.map(({ path }) => path);
  console.log(json ? JSON.stringify({ files: paths, next }, undefined, 2) : textOf(paths, next));
  return 0;
}

/** The files of a folder of templates with their values filled in; paths are relative to the folder. */
const filesOf = (folder, values) =>
  readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({ path, text: filledIn(readFileSync(join(folder, path), 'utf8'), values) }));

const filledIn = (text, values) => text.replace(/__(image|command|version)__/g, (_, name) => values[name]);

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  // Fails if the file was created meanwhile.
  writeFileSync(path, text, { flag: 'wx' });
}

const textOf = (paths, [gateway, service]) =>
  `Written: ${paths.join(', ')}

Start the gateway, and the service in another terminal:

  ${gateway}
  ${service}

Then open http://127.0.0.1:8000 and call the service: curl http://127.0.0.1:8000/api/hello/`;

function fail(message) {
  console.error(message);
  return 1;
}

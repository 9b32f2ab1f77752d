import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readFileSync } from 'node:fs';
import './root.mjs';

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Whether `node_modules` matches the lock file. `dev: false` checks run-time packages only. */
export function isInstalled({ dev }) {
  // npm writes this file last: an interrupted installation has none.
  const installed = packagesOf('node_modules/.package-lock.json');
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, wanted]) =>
      path === '' ||
      wanted.optional ||
      wanted.devOptional ||
      (wanted.dev && !dev) ||
      installed[path]?.version === wanted.version,
  );
}

/** Runs npm. If npm started this process, runs the same npm by its script, which also avoids npm.cmd on Windows. */
async function npm(...args) {
  const script = process.env.npm_execpath;
  const viaNode = script?.endsWith('.js');
  const [command, options] = viaNode
    ? [process.execPath, {}]
    : ['npm', { shell: process.platform === 'win32' }];
  const child = spawn(command, viaNode ? [script, ...args] : args, {
    stdio: ['inherit', process.stderr, 'inherit'],
    ...options,
  });
  const [code] = await once(child, 'close');
  return code ?? 1;
}

/**
 * Runs `npm ci`. It shows its progress on a terminal only, so elsewhere this prints a line from time to time. All of it
 * is written to standard error: standard output belongs to the log.
 */
async function install(reportEveryMs) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  console.error('Installing dependencies (npm ci)…');
  const report = () => console.error(`Still installing dependencies, ${seconds()} s…`);
  const timer = process.stderr.isTTY ? undefined : setInterval(report, reportEveryMs);
  const status = await npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error');
  clearInterval(timer);
  if (status === 0) console.error(`Installed dependencies in ${seconds()} s.`);
  return status;
}

// npm ci empties the folder first. Behind a link that would be a folder that another workspace uses.
const isLinked = () => lstatSync('node_modules', { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Installs exactly the packages of the lock file, unless they are installed. Ends the process if that fails. */
export async function ensureInstalled({ dev = true, reportEveryMs = 10_000 } = {}) {
  if (isInstalled({ dev })) return;
  if (isLinked())
    return console.error(
      'node_modules is a link and out of date: install the packages in the folder that it points to.',
    );
  const status = await install(reportEveryMs);
  if (status === 0) return;
  console.error('The dependencies could not be installed; see the npm output above.');
  process.exit(status);
}

import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureInstalled } from './install.mjs';
import './root.mjs';

const SOURCES = ['apps', 'libs'];
/** Files that affect the build of every source. */
const SETTINGS = ['.swcrc', 'package.json', 'package-lock.json'];
/** Written last: a build that has it is complete. */
const STAMP = 'dist/.built';

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Newest change below `folder`. The folders themselves count, because removing a file changes them. */
function newestIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const times = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newestIn(path) : changedAt(path);
  });
  return Math.max(changedAt(folder), ...times);
}

/** Whether `dist/` is newer than its sources. In an image, which has no sources, it always is. */
export function isBuilt() {
  const built = changedAt(STAMP);
  if (built === 0) return false;
  const sources = SOURCES.filter((folder) => changedAt(folder) > 0);
  return Math.max(...SETTINGS.map(changedAt), ...sources.map(newestIn)) <= built;
}

function compile(target) {
  const swc = [
    'node_modules/@swc/cli/bin/swc.js',
    ...SOURCES,
    '-d',
    target,
    // The Lua scripts that run in Redis.
    '--copy-files',
    '--ignore',
    'apps/dashboard/**,**/*.spec.ts,**/tsconfig.app.json',
    '--quiet',
  ];
  return spawnSync(process.execPath, swc, { stdio: ['inherit', process.stderr, 'inherit'] }).status ?? 1;
}

/** The page that browsers get from the gateway; it is kept beside the gateway's code. */
function bundleDashboard(target) {
  const vite = ['node_modules/vite/bin/vite.js', 'build', 'apps/dashboard', '--logLevel', 'warn'];
  const outDir = ['--outDir', resolve(target, 'apps/gateway/page'), '--emptyOutDir'];
  return spawnSync(process.execPath, [...vite, ...outDir], { stdio: 'inherit' }).status ?? 1;
}

/**
 * Builds every app and lib into `dist/`, in the layout of the source tree. The previous build stays until the new one is complete.
 * @returns milliseconds
 */
export function build() {
  const started = Date.now();
  const fresh = `dist.${process.pid}`;
  const status = compile(fresh) || bundleDashboard(fresh);
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    console.error('The build failed; see the compiler output above.');
    process.exit(status);
  }
  writeFileSync(join(fresh, '.built'), '');
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
  return Date.now() - started;
}

/** Installs and builds what is missing or out of date. A built tree needs its run-time packages only. */
export async function ensureBuilt() {
  if (isBuilt()) return ensureInstalled({ dev: false });
  await ensureInstalled();
  // Standard output belongs to the log.
  console.error('Building into dist/…');
  console.error(`Built in ${build()} ms.`);
}

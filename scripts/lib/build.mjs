import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import './root.mjs';

const SOURCES = ['apps', 'libs'];
/** What changes the meaning of a source without touching it. */
const SETTINGS = ['.swcrc', 'package.json', 'package-lock.json'];
/** Written last: a build that has it is whole. */
const STAMP = 'dist/.built';

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Newest change below `folder`; the folders themselves count, for they change when a file is removed. */
function newestIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const times = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newestIn(path) : changedAt(path);
  });
  return Math.max(changedAt(folder), ...times);
}

/** Whether `dist/` is newer than everything that it is made of. An image ships no sources: then it is. */
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
    '--ignore',
    '**/*.spec.ts',
    '--quiet',
  ];
  return spawnSync(process.execPath, swc, { stdio: 'inherit' }).status ?? 1;
}

/** Every app and lib into `dist/`, laid out as the source tree is. What was there stays until the new one is whole. */
export function build() {
  const started = Date.now();
  const fresh = `dist.${process.pid}`;
  const status = compile(fresh);
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    console.error('The build failed; what the compiler says is above.');
    process.exit(status);
  }
  writeFileSync(join(fresh, '.built'), '');
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
  return Date.now() - started;
}

/** Installs and builds what is missing or out of date. A built tree needs nothing but its run-time packages. */
export async function ensureBuilt() {
  if (isBuilt()) return ensureInstalled({ dev: false });
  await ensureInstalled();
  console.log('Building into dist/…');
  console.log(`Built in ${build()} ms.`);
}

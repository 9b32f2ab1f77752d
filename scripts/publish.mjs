/**
 * `node scripts/publish.mjs [--dry-run]`: publishes the archives that `npm run pack` made in dist/packages, dependencies
 * first. Versions that the registry has already are left out, so that a release that failed half-way can be repeated.
 * A version such as 1.2.0-rc.1 gets the tag `next`, any other `latest`.
 */
import './lib/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { PACKAGES } from './pack/packages.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const isDryRun = process.argv.includes('--dry-run');

const archiveOf = (name) => `dist/packages/${name.slice(1).replace('/', '-')}-${version}.tgz`;

const isPublished = (name) =>
  spawnSync('npm', ['view', `${name}@${version}`, 'version'], { encoding: 'utf8' }).stdout.trim() === version;

/** @throws if npm refuses the archive */
function publish(name) {
  const tag = version.includes('-') ? 'next' : 'latest';
  const args = ['publish', `./${archiveOf(name)}`, '--provenance', '--access', 'public', '--tag', tag];
  const { status } = spawnSync('npm', [...args, ...(isDryRun ? ['--dry-run'] : [])], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm publish of ${name}@${version} failed`);
}

try {
  const missing = PACKAGES.filter(({ name }) => !existsSync(archiveOf(name)));
  if (missing.length > 0) throw new Error(`${archiveOf(missing[0].name)} does not exist: run "npm run pack"`);
  for (const { name } of PACKAGES) {
    if (!isDryRun && isPublished(name)) console.log(`${name}@${version} is published already`);
    else publish(name);
  }
} catch ({ message }) {
  console.error(`publish: ${message}`);
  process.exitCode = 1;
}

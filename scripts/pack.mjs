/**
 * `npm run pack [-- FOLDER]`: packs the packages of `scripts/pack/packages.mjs` as NAME-VERSION.tgz into FOLDER, by default
 * dist/packages.
 */
import './lib/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { bundle } from './pack/bundle.mjs';
import { copyDeclarations, emitDeclarations } from './pack/declarations.mjs';
import { manifestOf } from './pack/manifest.mjs';
import { PACKAGES } from './pack/packages.mjs';
import { bundleProgram } from './pack/program.mjs';

const TARGET = process.argv[2] ?? 'dist/packages';

async function assemble(each, declarations, folder) {
  mkdirSync(folder, { recursive: true });
  const imported = await (each.bin ? bundleProgram : bundle)(each, folder);
  const typed = copyDeclarations(declarations, each, folder);
  const manifest = manifestOf(each, [...imported, ...typed]);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  cpSync(join(each.folder, 'README.md'), join(folder, 'README.md'));
  cpSync('LICENSE', join(folder, 'LICENSE'));
  return { folder, count: Object.keys(manifest.dependencies).length };
}

function pack({ folder, count }) {
  const args = ['pack', folder, '--pack-destination', TARGET, '--json', '--ignore-scripts'];
  const { status, stdout } = spawnSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`npm pack of ${folder} failed`);
  const [{ filename, size, unpackedSize }] = [JSON.parse(stdout)].flat();
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const sizes = `${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`;
  console.log(`${join(TARGET, filename)}: ${sizes}, dependencies: ${count}`);
}

await ensureBuilt();
mkdirSync(TARGET, { recursive: true });
// Archives of an earlier version. FOLDER may have other files.
for (const name of readdirSync(TARGET)) if (/^msa-gateway-.*\.tgz$/.test(name)) rmSync(join(TARGET, name));
const work = mkdtempSync(join(tmpdir(), 'msa-gateway-pack-'));
try {
  emitDeclarations(join(work, 'types'));
  for (const each of PACKAGES) pack(await assemble(each, join(work, 'types'), join(work, each.name)));
} finally {
  rmSync(work, { recursive: true, force: true });
}

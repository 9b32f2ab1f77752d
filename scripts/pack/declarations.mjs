import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { packageOf } from './imports.mjs';
import { LINKS, PACKAGES } from './packages.mjs';

// Two packings may run at the same time.
const SETTINGS = `tsconfig.pack-${process.pid}.json`;

/**
 * Writes the declarations of all packages below `folder`, in the layout of the source tree.
 * @throws if a source does not compile
 */
export function emitDeclarations(folder) {
  const files = PACKAGES.map((each) => join(each.folder, 'src', `${each.entry}.ts`));
  const compilerOptions = { declaration: true, emitDeclarationOnly: true, sourceMap: false, outDir: folder };
  writeFileSync(
    SETTINGS,
    JSON.stringify({ extends: './tsconfig.json', compilerOptions, include: [], files }),
  );
  try {
    const tsc = ['node_modules/typescript/bin/tsc', '-p', SETTINGS];
    const { status } = spawnSync(process.execPath, tsc, { stdio: ['ignore', process.stderr, 'inherit'] });
    if (status !== 0) throw new Error('the declarations of the packages cannot be written');
  } finally {
    rmSync(SETTINGS);
  }
}

/**
 * Copies the declarations of one package, and of those that it bundles, to `target`; those for ESM are the same ones.
 * @returns names of the packages that the declarations import
 */
export function copyDeclarations(folder, { folder: source, entry, bin }, target) {
  const first = `${source}/src/${entry}.d.ts`;
  const nameOf = bin ? pathOfEntry : (_from, id) => LINKS[id];
  const imported = new Set();
  const copy = (path) => {
    const copied = join(target, 'types', path);
    if (existsSync(copied)) return;
    const text = readFileSync(join(folder, path), 'utf8').replace(IMPORTED, (_all, before, id) => {
      const name = id.startsWith('#') ? nameOf(path, id) : id;
      if (!name.startsWith('.') && !isBuiltin(name)) imported.add(packageOf(name));
      return before + name;
    });
    mkdirSync(dirname(copied), { recursive: true });
    writeFileSync(copied, text);
    for (const [, , id] of text.matchAll(IMPORTED))
      if (id.startsWith('.')) copy(join(dirname(path), id.replace(/js$/, 'd.ts')));
  };
  copy(first);
  writeFileSync(join(target, 'index.d.ts'), `export * from './types/${first.replace(/d\.ts$/, 'js')}';\n`);
  writeFileSync(join(target, 'index.d.mts'), `export * from './index.js';\n`);
  return imported;
}

/** `from '` or `import('`, and what is imported. */
const IMPORTED = /(\b(?:from |import\()['"])([^'"]+)/g;

/** The public API of a library of the workspace, relative to the declarations that import it by `id`. */
function pathOfEntry(from, id) {
  const { folder, entry } = PACKAGES.find(({ name }) => name === LINKS[id]);
  return relative(dirname(from), `${folder}/src/${entry}.js`);
}

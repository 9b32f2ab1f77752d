import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Copies the declarations of one package to `target`; those for ESM are the same ones. */
export function copyDeclarations(folder, { folder: source, entry }, target) {
  for (const name of reachedFrom(join(folder, source, 'src'), `${entry}.d.ts`)) {
    mkdirSync(dirname(join(target, 'types', name)), { recursive: true });
    writeFileSync(
      join(target, 'types', name),
      withPublishedNames(readFileSync(join(folder, source, 'src', name), 'utf8')),
    );
  }
  writeFileSync(join(target, 'index.d.ts'), `export * from './types/${entry}.js';\n`);
  writeFileSync(join(target, 'index.d.mts'), `export * from './index.js';\n`);
}

/** The declarations in `folder` that `name` needs, with itself. */
function reachedFrom(folder, name, reached = new Set()) {
  if (reached.has(name)) return reached;
  reached.add(name);
  for (const [, path] of readFileSync(join(folder, name), 'utf8').matchAll(/['"](\.[^'"]*)\.js['"]/g))
    reachedFrom(folder, `${join(dirname(name), path)}.d.ts`, reached);
  return reached;
}

const withPublishedNames = (text) =>
  text.replace(/(['"])(#[\w-]+)\1/g, (match, quote, id) =>
    LINKS[id] ? `${quote}${LINKS[id]}${quote}` : match,
  );

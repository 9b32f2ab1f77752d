import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageOf } from './imports.mjs';

const isInside = (id) => /^[./#]/.test(id);
/** Modules of this workspace only declare, except for this one. */
const RUN = /\/node-version\.mjs$/;

/**
 * Bundles a program and its command into ES modules, and writes an `index.js` for CommonJS that loads them. What the
 * modules read from beside their sources is copied beside the bundle.
 * @returns names of the packages that the program imports
 */
export async function bundleProgram({ folder, entry, bin, required, files }, target) {
  const source = join('dist', folder, 'src');
  const build = await rolldown({
    input: { index: join(source, `${entry}.js`), ...bin },
    platform: 'node',
    external: (id) => !isInside(id),
    treeshake: { moduleSideEffects: (id, isExternal) => isExternal || RUN.test(id) },
  });
  const { output } = await build.write({
    dir: target,
    format: 'esm',
    keepNames: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  });
  await build.close();
  writeFileSync(join(target, 'index.js'), commonJsOf(output.find(({ name }) => name === 'index')));
  copyScripts(source, join(target, 'lua'));
  for (const path of files) cpSync(path, join(target, basename(path)), { recursive: true });
  const imported = output.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const own = new Set(output.map(({ fileName }) => fileName));
  return [...required, ...imported.filter((id) => !isBuiltin(id) && !own.has(id)).map(packageOf)];
}

/** Not every Node loads ES modules by `require`, but all of them do by `import()`: the exports are asynchronous functions. */
function commonJsOf({ exports }) {
  const functions = exports.map(
    (name) => `exports.${name} = async (...args) => (await import('./index.mjs')).${name}(...args);\n`,
  );
  return `'use strict';\n\n${functions.join('')}`;
}

/** The Lua scripts that run in Redis. A module reads them from a folder `lua` beside it, and all are in one folder now. */
function copyScripts(source, target) {
  mkdirSync(target);
  for (const path of readdirSync(source, { recursive: true })) {
    if (!path.endsWith('.lua')) continue;
    const copy = join(target, basename(path));
    if (existsSync(copy)) throw new Error(`two Lua scripts have the name ${basename(path)}`);
    cpSync(join(source, path), copy);
  }
}

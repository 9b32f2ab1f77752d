import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageOf } from './imports.mjs';
import { LINKS } from './packages.mjs';

const isInside = (id) => id.startsWith('.') || id.startsWith('/');

/** Imports of other packages of this workspace use their published names. */
const publishedNames = {
  name: 'published-names',
  resolveId: (id) => (Object.hasOwn(LINKS, id) ? { id: LINKS[id], external: true } : null),
};

/**
 * Bundles a built entry into `index.js` in CommonJS, and writes an `index.mjs` that exports the same objects. Both
 * module systems share one copy, because a deadline set in one must be seen in the other.
 * @returns names of the packages that the bundle imports
 */
export async function bundle({ folder, entry }, target) {
  const build = await rolldown({
    input: join('dist', folder, 'src', `${entry}.js`),
    platform: 'node',
    external: (id) => !isInside(id) && !Object.hasOwn(LINKS, id),
    plugins: [publishedNames],
    // Modules of this workspace only declare; what a package does not export is left out.
    treeshake: { moduleSideEffects: false },
  });
  const { output } = await build.write({
    file: join(target, 'index.js'),
    format: 'cjs',
    exports: 'named',
    keepNames: true,
  });
  await build.close();
  const [{ exports, imports }] = output;
  const names = exports.sort().join(', ');
  writeFileSync(
    join(target, 'index.mjs'),
    `import api from './index.js';\n\nexport const { ${names} } = api;\n`,
  );
  return imports.filter((id) => !isBuiltin(id)).map(packageOf);
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Application } from 'typedoc';
import { PACKAGES } from '../pack/packages.mjs';

/** The pages of the public API, one for each package. */
const FOLDER = 'docs/reference/api';

const OPTIONS = {
  plugin: ['typedoc-plugin-markdown'],
  name: 'API reference',
  readme: 'none',
  router: 'module',
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  sort: ['source-order'],
  // `npm run types` checks them.
  skipErrorChecking: true,
  logLevel: 'Error',
};

/** The pages and their text, from the exported types of the packages. */
export async function apiPages() {
  const work = mkdtempSync('dist/api-');
  try {
    const names = PACKAGES.map((each) => writeEntry(each, work));
    const app = await Application.bootstrapWithPlugins({
      ...OPTIONS,
      entryPoints: names.map((name) => join(work, `${name}.ts`)),
      tsconfig: writeSettings(names, work),
      outputs: [{ name: 'markdown', path: join(work, 'pages') }],
    });
    const project = await app.convert();
    if (!project) throw new Error('the types of the packages cannot be read');
    await app.generateOutputs(project);
    return names.map((name) => ({
      path: `${FOLDER}/${name}.md`,
      text: readFileSync(join(work, 'pages', `${name}.md`), 'utf8'),
    }));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Writes a module that is named like the package, and has its exports. */
function writeEntry({ name, folder, entry }, work) {
  const [, short] = name.split('/');
  const text = `export * from '${relative(work, folder)}/src/${entry}.js';\n`;
  writeFileSync(join(work, `${short}.ts`), text);
  return short;
}

function writeSettings(names, work) {
  const files = names.map((name) => `${name}.ts`);
  const settings = {
    extends: relative(work, 'tsconfig.json'),
    compilerOptions: { rootDir: relative(work, '.') },
    include: [],
    files,
  };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(settings));
  return join(work, 'tsconfig.json');
}

import { readFileSync } from 'node:fs';
import { PACKAGES } from './packages.mjs';

const workspace = JSON.parse(readFileSync('package.json', 'utf8'));
const ours = new Set(PACKAGES.map(({ name }) => name));

/** GitHub Actions names the repository, which npm compares with the provenance of a release. */
function repositoryOf({ folder }, { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: path }) {
  if (!path) return {};
  return {
    repository: { type: 'git', url: `git+${server ?? 'https://github.com'}/${path}.git`, directory: folder },
  };
}

/** @throws if the workspace does not depend on a package that the bundle imports */
function versionOf(name) {
  const version = ours.has(name) ? workspace.version : workspace.dependencies[name];
  if (!version) throw new Error(`${name} is imported, but is not a dependency of the workspace`);
  return ours.has(name) ? version : `^${version}`;
}

const commandsOf = (bin) => Object.fromEntries(Object.keys(bin).map((name) => [name, `./${name}.mjs`]));

/** The `package.json` of a package whose code and declarations import the packages `imported`. */
export function manifestOf(each, imported) {
  const { name, description, peerDependencies, bin } = each;
  const dependencies = [...new Set(imported)].filter((id) => !peerDependencies?.[id]).sort();
  return {
    name,
    version: workspace.version,
    description,
    license: workspace.license,
    type: 'commonjs',
    ...repositoryOf(each, process.env),
    main: './index.js',
    types: './index.d.ts',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.ts', default: './index.js' },
      },
      './package.json': './package.json',
    },
    ...(bin && { bin: commandsOf(bin) }),
    sideEffects: false,
    engines: workspace.engines,
    publishConfig: { access: 'public', provenance: true },
    dependencies: Object.fromEntries(dependencies.map((id) => [id, versionOf(id)])),
    ...(peerDependencies && { peerDependencies }),
  };
}

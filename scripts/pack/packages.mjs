/** Versions of Nest that the tests install. */
const NEST = '^10.0.0 || ^11.0.0 || ^12.0.0';

/**
 * The packages that other repositories use. `entry` is the source file of the public API, and `links` are the imports of
 * this workspace that are packages of their own. Peer dependencies are part of the user's program.
 */
export const PACKAGES = [
  {
    name: '@msa-gateway/contracts',
    folder: 'libs/contracts',
    entry: 'public',
    description: 'Types and constants of the API of MSA Gateway',
  },
  {
    name: '@msa-gateway/registry-client',
    folder: 'libs/registry-client',
    entry: 'index',
    description: 'Registers a Node service with MSA Gateway, and finds and calls other services',
  },
  {
    name: '@msa-gateway/nest',
    folder: 'libs/nest',
    entry: 'index',
    description: 'Registers a Nest app with MSA Gateway, and injects clients of other services',
    peerDependencies: { '@nestjs/common': NEST, '@nestjs/core': NEST },
  },
];

/** Imports of the workspace that become imports of another package. */
export const LINKS = Object.fromEntries(
  PACKAGES.map(({ name, folder }) => [`#${folder.replace('libs/', '')}`, name]),
);

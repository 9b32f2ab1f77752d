/** Versions of Nest that the tests install. */
const NEST = '^10.0.0 || ^11.0.0 || ^12.0.0';

/**
 * The packages that other repositories use. `entry` is the source file of the public API, and `links` are the imports of
 * this workspace that are packages of their own. Peer dependencies are part of the user's program. A program has a
 * command (`bin`, by name) and bundles everything; `required` are packages that it loads by name while it runs, and
 * `files` the folders that it reads.
 */
export const PACKAGES = [
  {
    name: '@msa-gateway/contracts',
    folder: 'libs/contracts',
    entry: 'public',
    description: 'Types and constants of the API of MSA Gateway, and of its policy file',
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
  {
    name: '@msa-gateway/gateway',
    folder: 'apps/gateway',
    entry: 'public',
    description:
      'Service gateway with discovery, policies and a dashboard: a command, and a function for programs',
    bin: { 'msa-gateway': 'scripts/gateway/bin.mjs' },
    files: ['dist/apps/gateway/page', 'scripts/gateway/templates'],
    // reflect-metadata is a peer of Nest; the others are loaded on demand.
    required: ['pino-pretty', 'reflect-metadata', 'swagger-ui-dist'],
  },
];

/** Imports of the workspace that become imports of another package. */
export const LINKS = Object.fromEntries(
  PACKAGES.filter(({ bin }) => !bin).map(({ name, folder }) => [`#${folder.replace('libs/', '')}`, name]),
);

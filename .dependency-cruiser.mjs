import { SERVICES } from './scripts/lib/services.mjs';

/**
 * The import law of docs/adr: who may talk to whom. Checked by `npm run lint:imports`.
 */
const frontDoorOnly = (name, from, lib) => ({
  name,
  severity: 'error',
  comment: `${lib} is entered through its index.ts`,
  from,
  to: { path: `^${lib}/src/`, pathNot: `^${lib}/src/index\\.ts$` },
});

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const libs = ['contracts', 'nest', 'registry-client', 'service-kit', 'shop-contracts', 'testing'];
const apps = ['gateway', ...SERVICES, 'monolith'];

/**
 * One rule per layer of `root`: a layer imports only layers after its own. Files directly in `root` compose the layers
 * and are imported by none of them.
 * @param layers folders, top first, with their subfolders if the name ends in "/"; a list holds siblings, which do not
 * import each other
 */
const layersOf = (root, layers) => {
  const flat = layers.flatMap((layer, i) => [layer].flat().map((folder) => ({ folder, i })));
  const inFolder = (folder) => `^${root}/${folder.endsWith('/') ? folder : `${folder}/[^/]+$`}`;
  return flat.map(({ folder, i }) =>
    forbid(
      `${root.split('/').at(-1)}/${folder}`,
      'a layer imports layers below it, never above or beside',
      { path: inFolder(folder), pathNot: '(\\.spec\\.ts$|/testing/)' },
      {
        path: [
          `^${root}/[^/]+$`,
          ...flat
            .filter((other) => other.i < i || (other.i === i && other.folder !== folder))
            .map((other) => inFolder(other.folder)),
        ],
        pathNot: inFolder(folder),
      },
    ),
  );
};

const GATEWAY = 'apps/gateway/src';

const gatewayLayers = [
  ...layersOf(GATEWAY, [
    ['dashboard/', 'openapi/', 'health/'],
    'proxy/',
    'cache/',
    'policy/',
    'telemetry/',
    'discovery/',
    'config/',
  ]),
  ...layersOf(`${GATEWAY}/proxy`, [
    ['planes/wire', 'planes/node', 'planes/local'],
    'planes/listener',
    'planes/exchange',
    ['explain', 'plan'],
    'routing',
    'pipeline',
    'stages/',
    'forward',
    'forward/hedging',
    'resilience',
    'balancing',
    'upstream',
    'http1',
    'http1/body',
    'http1/head',
    'http1/rules',
    'sockets',
    'exchange',
  ]),
  forbid(
    'stages-alone',
    'stages do not import each other; routing composes them',
    { path: `^${GATEWAY}/proxy/stages/([^/]+)/`, pathNot: '\\.spec\\.ts$' },
    { path: `^${GATEWAY}/proxy/stages/`, pathNot: `^${GATEWAY}/proxy/stages/$1/` },
  ),
  ...layersOf(`${GATEWAY}/discovery`, [
    ['compatibility/eureka', 'compatibility/consul'],
    'compatibility',
    'http',
    'static',
    'registry',
    'ejection',
    'health-checks',
    'leases',
    'events',
    'history',
    'snapshot',
    'table',
    'access',
    ['store/redis', 'store/memory'],
    'store',
    'schedule',
    'model',
  ]),
];

export default {
  forbidden: [
    ...gatewayLayers,
    forbid('no-cycles', 'a cycle of decorated classes throws at load under ESM', {}, { circular: true }),
    forbid(
      'contracts-alone',
      'contracts imports no other lib',
      { path: '^libs/contracts/' },
      { path: '^libs/(?!contracts/)' },
    ),
    forbid(
      'registry-client-imports',
      'registry-client -> contracts',
      { path: '^libs/registry-client/' },
      { path: '^libs/(?!(contracts|registry-client)/)' },
    ),
    forbid(
      'nest-imports',
      'nest -> contracts, registry-client; its specs also testing',
      { path: '^libs/nest/' },
      { path: '^libs/(?!(contracts|nest|registry-client|testing)/)' },
    ),
    forbid(
      'service-kit-imports',
      'service-kit -> contracts, registry-client; its specs also testing',
      { path: '^libs/service-kit/' },
      { path: '^libs/(?!(contracts|registry-client|service-kit|testing)/)' },
    ),
    forbid(
      'shop-contracts-imports',
      'shop-contracts -> contracts',
      { path: '^libs/shop-contracts/' },
      { path: '^libs/(?!(contracts|shop-contracts)/)' },
    ),
    forbid(
      'shop-contracts-in-services-only',
      'only the services of the sample shop import its DTOs: the gateway and the other libs serve any service',
      { path: '^(apps|libs)/', pathNot: '^(libs/shop-contracts|apps/(user|order|product)-service)/' },
      { path: '^libs/shop-contracts/' },
    ),
    forbid('libs-not-apps', 'libs never import apps', { path: '^libs/' }, { path: '^apps/' }),
    forbid(
      'testing-in-specs-only',
      'libs/testing is for specs and their helpers',
      { path: '^(apps|libs/(?!testing/))', pathNot: '(\\.spec\\.ts$|/testing/)' },
      { path: '^libs/testing/' },
    ),
    forbid(
      'test-parts-in-specs-only',
      "a module's own testing/ folder is for its specs",
      { path: '^apps/', pathNot: '(\\.spec\\.ts$|/testing/)' },
      { path: '^apps/.*/testing/' },
    ),
    ...apps
      .filter((app) => app !== 'monolith')
      .map((app) =>
        forbid(
          `${app}-alone`,
          'only the monolith imports other apps',
          { path: `^apps/${app}/` },
          { path: `^apps/(?!${app}/)` },
        ),
      ),
    // Telemetry of the gateway
    {
      ...forbid(
        'telemetry-folders',
        'the folders of telemetry form no cycle',
        { path: '^apps/gateway/src/telemetry' },
        { circular: true },
      ),
      scope: 'folder',
    },
    // The rule above sees no cycle of a folder and its own subfolder.
    forbid(
      'telemetry-types-import-no-part',
      'the types at the top of telemetry are below its parts',
      { path: '^apps/gateway/src/telemetry/[^/]+$' },
      { path: '^apps/gateway/src/telemetry/[^/]+/' },
    ),
    forbid(
      'telemetry-subfolders-are-below',
      'a subfolder of a part imports no file of that part',
      { path: '^apps/gateway/src/telemetry/([^/]+)/[^/]+/', pathNot: '/testing/' },
      { path: '^apps/gateway/src/telemetry/$1/[^/]+$' },
    ),
    forbid(
      'telemetry-front-doors',
      'a part of telemetry is entered through its index.ts; tests may use its aids',
      { path: '^apps/gateway/src/(?!telemetry/)' },
      { path: '^apps/gateway/src/telemetry/', pathNot: '/index\\.ts$|/telemetry/testing/' },
    ),
    ...libs.map((lib) => frontDoorOnly(`front-door-${lib}`, { pathNot: `^libs/${lib}/` }, `libs/${lib}`)),
    ...apps.map((app) => frontDoorOnly(`front-door-${app}`, { pathNot: `^apps/${app}/` }, `apps/${app}`)),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      conditionNames: ['types', 'import', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};

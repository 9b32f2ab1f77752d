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

const libs = ['contracts', 'registry-client', 'service-kit', 'shop-contracts', 'testing'];
const apps = ['gateway', 'user-service', 'order-service', 'product-service', 'monolith'];

// --- discovery: folders are layers ---
const DISCOVERY = 'apps/gateway/src/discovery';

/** Top first: a folder imports only folders after its own. */
const DISCOVERY_LAYERS = [
  'http',
  'static',
  'registry',
  'ejection',
  'health-checks',
  'leases',
  'events',
  'snapshot',
  'table',
  'access',
  'store/(redis|memory)',
  'store',
  'schedule',
  'model',
];

const inFolders = (folders) => `^${DISCOVERY}/(${folders.join('|')})/[^/]+$`;

const discoveryLayers = [
  ...DISCOVERY_LAYERS.map((folder, i) =>
    forbid(
      `discovery-${folder}-imports-down`,
      'only the module, its providers and the index compose discovery; a layer imports layers below it',
      { path: inFolders([folder]), pathNot: '\\.spec\\.ts$' },
      { path: [`^${DISCOVERY}/[^/]+$`, inFolders(DISCOVERY_LAYERS.slice(0, i))] },
    ),
  ),
  forbid(
    'discovery-imports-down',
    'of the gateway, discovery needs only its configuration',
    { path: `^${DISCOVERY}/`, pathNot: '(\\.spec\\.ts$|/testing/)' },
    { path: '^apps/gateway/src/', pathNot: `^(${DISCOVERY}|apps/gateway/src/config)/` },
  ),
];

export default {
  forbidden: [
    ...discoveryLayers,
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
      'libs/testing is for specs',
      { path: '^(apps|libs/(?!testing/))', pathNot: '\\.spec\\.ts$' },
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
    forbid(
      'telemetry-is-below',
      'telemetry imports configuration and itself; what it reads of other layers are types that it declares',
      { path: '^apps/gateway/src/telemetry/' },
      { path: '^apps/gateway/src/(?!(telemetry|config)/)' },
    ),
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
      'a part of telemetry is entered through its index.ts',
      { path: '^apps/gateway/src/(?!telemetry/)' },
      { path: '^apps/gateway/src/telemetry/', pathNot: '/index\\.ts$' },
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

import { spawnSync } from 'node:child_process';
import vm from 'node:vm';
import { VM_MODULES } from './scripts/test/vm-modules.mjs';

// Called without the options, as `npx jest FILE` and editors do: the same command again, with them.
if (vm.SourceTextModule === undefined) {
  const again = spawnSync(process.execPath, [...process.execArgv, ...VM_MODULES, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(again.status ?? 1);
}

/** One configuration for every suite; `scripts/test.mjs` chooses the project. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // No `module` key: swc then keeps ES modules, which jest runs as they are (Nest 12 is ESM only).
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
          keepClassNames: true,
        },
      },
    ],
  },
  // `cookie` is published as CommonJS behind an ESM-looking entry; without this `app.inject` fails.
  transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
  moduleNameMapper: {
    '^#apps/(.*)$': '<rootDir>/apps/$1/src/index.ts',
    '^#(contracts|nest|registry-client|service-kit|shop-contracts|testing)$':
      '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  globalSetup: '<rootDir>/scripts/test/set-up.mjs',
  globalTeardown: '<rootDir>/scripts/test/tear-down.mjs',
  setupFiles: ['<rootDir>/test/support/jest-globals.mjs'],
};

export default {
  // Waits say themselves how long they may take; this ends what hangs, on a machine that may be busy. Jest reads it here
  // alone: in a project it is ignored.
  testTimeout: 60_000,
  // Workers never release the ES modules of a suite: after twenty suites a heap has 1 GB, whose collection takes seconds of
  // CPU time per suite. A worker that exceeds this after a suite is replaced.
  workerIdleMemoryLimit: '400MB',
  // `--coverage` reports the lines that suites run in their own process; not those of apps that they start as processes.
  coverageProvider: 'v8',
  collectCoverageFrom: ['{apps,libs}/*/src/**/*.ts', '!libs/testing/**', '!**/testing/**', '!**/*.spec.ts'],
  coverageReporters: ['json-summary', 'html', 'lcovonly'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
  ],
};

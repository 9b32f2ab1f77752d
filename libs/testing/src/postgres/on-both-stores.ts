import type { StorageConfig } from '#service-kit';
import { tempDir } from '../temp-dir.js';
import { findPostgres } from './find-postgres.js';
import { startPostgres, type TestPostgres } from './start-postgres.js';

/** One of the two databases that services support; `createStorage` creates an empty store in it. */
export interface TestStore {
  createStorage(): Promise<StorageConfig>;
}

/**
 * Runs the same suite on the embedded store and on PostgreSQL. Where PostgreSQL is not installed, its half is
 * reported as skipped; in CI it fails instead, because a skip would go unnoticed.
 */
export function onBothStores(subject: string, suite: (store: TestStore) => void): void {
  describe(`${subject} on the embedded store`, () => suite(embeddedStore()));
  onPostgres(subject, (postgres) => suite(postgresStore(postgres)));
}

/** Runs a suite that needs a PostgreSQL server; reported as skipped where there is none, except in CI. */
export function onPostgres(subject: string, suite: (server: () => TestPostgres) => void): void {
  const missing = findPostgres() === undefined && process.env.CI !== 'true';
  if (missing) process.stderr.write(`PostgreSQL is not installed: skipping "${subject} on PostgreSQL"\n`);
  (missing ? describe.skip : describe)(`${subject} on PostgreSQL`, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    suite(() => server!);
  });
}

function embeddedStore(): TestStore {
  const directories: { remove(): void }[] = [];
  afterAll(() => directories.forEach((directory) => directory.remove()));
  return {
    createStorage: () => {
      const directory = tempDir();
      directories.push(directory);
      return Promise.resolve({ databaseUrl: undefined, dataDir: directory.path, sync: 'normal' });
    },
  };
}

const postgresStore = (server: () => TestPostgres): TestStore => ({
  createStorage: async () => ({ databaseUrl: await server().createDatabase(), dataDir: '', sync: 'normal' }),
});

import type { StorageConfig } from '#service-kit';
import { tempDir } from '../temp-dir.js';
import { findPostgres } from './find-postgres.js';
import { Databases } from './databases.js';
import { sharedPostgres } from './shared-postgres.js';
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

/** Creates empty databases for a suite; each call returns the URL of a new one. */
export interface DatabaseServer {
  createDatabase(): Promise<string>;
}

/**
 * Runs a suite that needs databases of PostgreSQL, on the server that all suites share. Reported as skipped where
 * PostgreSQL is not installed, except in CI.
 */
export function onPostgres(subject: string, suite: (server: () => DatabaseServer) => void): void {
  describeOnPostgres(subject, () => {
    let databases: Databases | undefined;
    beforeAll(async () => {
      databases = new Databases(await sharedPostgres());
    });
    afterAll(() => databases?.dropAll());
    suite(() => ({ createDatabase: () => databases!.create() }));
  });
}

/** Like {@link onPostgres}, on a server of its own, which the suite may stop. */
export function onOwnPostgres(subject: string, suite: (server: () => TestPostgres) => void): void {
  describeOnPostgres(subject, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    suite(() => server!);
  });
}

function describeOnPostgres(subject: string, suite: () => void): void {
  const missing = findPostgres() === undefined && process.env.CI !== 'true';
  if (missing) process.stderr.write(`PostgreSQL is not installed: skipping "${subject} on PostgreSQL"\n`);
  (missing ? describe.skip : describe)(`${subject} on PostgreSQL`, suite);
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

const postgresStore = (server: () => DatabaseServer): TestStore => ({
  createStorage: async () => ({ databaseUrl: await server().createDatabase(), dataDir: '', sync: 'normal' }),
});

import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { CallCounts } from '#registry-client';
import type { StorageConfig } from '../config/service-config.js';
import { openDatabase } from './database.js';
import { migrate, type Migrations } from './migrate.js';
import { StoreWrites } from './store-writes.js';

/** The store of a service and its migrations. */
export interface StorageOptions {
  /** The service's name; also the name of the file and the prefix of the migration tables. */
  readonly name: string;
  readonly storage: StorageConfig;
  readonly migrations: Migrations;
  /** Migrations of parts of the kit, by the name of the part. Each part has bookkeeping tables of its own. */
  readonly kitMigrations: Readonly<Record<string, Migrations>>;
  /** Counts the queries. */
  readonly calls: CallCounts;
  /** Whether queries of a request are recorded as spans. */
  readonly isTraced: boolean;
}

/** The service's `Kysely<Schema>`, for factories. */
export const DATABASE = Symbol('database');

/** The `name` of {@link StorageOptions}. */
export const STORE_NAME = Symbol('name of the store');

/** Injects the service's `Kysely<Schema>`. */
export const InjectDatabase = (): ParameterDecorator => Inject(DATABASE);

/** Opens and migrates the store before the app listens, and closes it after the last response. */
@Module({})
export class StorageModule implements OnApplicationShutdown {
  static of(options: StorageOptions): DynamicModule {
    const writes = new StoreWrites();
    const providers = [
      { provide: DATABASE, useFactory: () => openMigrated(options, writes) },
      { provide: StoreWrites, useValue: writes },
      { provide: STORE_NAME, useValue: options.name },
    ];
    return { module: StorageModule, global: true, providers, exports: providers };
  }

  constructor(@InjectDatabase() private readonly database: Kysely<unknown>) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}

async function openMigrated(
  { name, storage, migrations, kitMigrations, calls, isTraced }: StorageOptions,
  writes: StoreWrites,
): Promise<Kysely<unknown>> {
  const database = await openDatabase<unknown>(storage, name, writes, calls, isTraced);
  try {
    await migrate(database, name, migrations);
    for (const [part, ofPart] of Object.entries(kitMigrations))
      await migrate(database, `${name}-${part}`, ofPart);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

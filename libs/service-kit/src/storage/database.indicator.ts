import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { HealthIndicator } from '../health/health-indicator.js';
import { ping } from './database.js';
import { InjectDatabase, STORE_NAME } from './storage.module.js';
import { StoreWrites } from './store-writes.js';
import { trialWrite } from './trial-write.js';

/** A service is healthy when its store can be read and the last write, or a trial write, succeeded. */
@Injectable()
export class DatabaseIndicator implements HealthIndicator {
  readonly name = 'database';
  readonly required = true;

  constructor(
    @InjectDatabase() private readonly database: Kysely<unknown>,
    private readonly writes: StoreWrites,
    @Inject(STORE_NAME) private readonly store: string,
  ) {}

  async check(): Promise<Readonly<Record<string, unknown>>> {
    await ping(this.database);
    await this.writes.check(() => trialWrite(this.database, this.store));
    return {};
  }
}

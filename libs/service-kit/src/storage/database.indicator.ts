import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { HealthIndicator } from '../health/health-indicator.js';
import { ping } from './database.js';
import { InjectDatabase } from './storage.module.js';

/** A service is as well as its store. */
@Injectable()
export class DatabaseIndicator implements HealthIndicator {
  readonly name = 'database';
  readonly required = true;

  constructor(@InjectDatabase() private readonly database: Kysely<unknown>) {}

  async check(): Promise<Readonly<Record<string, unknown>>> {
    await ping(this.database);
    return {};
  }
}

import { Injectable } from '@nestjs/common';
import type { Expression, Kysely } from 'kysely';
import { databaseNow, InjectDatabase } from '#service-kit';

/** The time in epoch milliseconds, as an SQL expression; its own class so that specs can set it. */
export abstract class Clock {
  abstract now(): Expression<number>;
}

/** The database's clock: every instance of the service measures claims by it. */
@Injectable()
export class DatabaseClock extends Clock {
  constructor(@InjectDatabase() private readonly database: Kysely<unknown>) {
    super();
  }

  override now(): Expression<number> {
    return databaseNow(this.database);
  }
}

import { Injectable } from '@nestjs/common';
import type { Expression, Kysely } from 'kysely';
import { databaseNow, InjectDatabase } from '#service-kit';

/** The time in epoch milliseconds, as an SQL expression. A separate class so that specs can set the time. */
export abstract class SqlClock {
  abstract now(): Expression<number>;
}

/** The database's clock, which all instances of the service share to measure claims. */
@Injectable()
export class DatabaseClock extends SqlClock {
  constructor(@InjectDatabase() private readonly database: Kysely<unknown>) {
    super();
  }

  override now(): Expression<number> {
    return databaseNow(this.database);
  }
}

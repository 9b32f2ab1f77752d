import { errorProperties } from '../errors/error-properties.js';
import { PublicHealthError } from '../health/health-indicator.js';
import { RETRY_AFTER_SECONDS, writesRejected } from './storage.problems.js';

/** Error codes of a database that cannot write, SQLite's without their extensions, with the cause as a public text. */
const CAUSES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'disk full',
  SQLITE_IOERR: 'disk I/O error',
  SQLITE_READONLY: 'read-only',
  // PostgreSQL: disk_full, io_error, read_only_sql_transaction
  '53100': 'disk full',
  '58030': 'disk I/O error',
  '25006': 'read-only',
};

const causeOf = (error: unknown): string | undefined =>
  CAUSES[errorProperties(error).code?.replace(/^(SQLITE_[A-Z]+)_.*/, '$1') ?? ''];

interface Rejection {
  readonly cause: string;
  /** Earliest time of the next write attempt, on the clock of this object. */
  readonly until: number;
}

/**
 * Whether the store of a service accepts writes. The drivers record rejected writes here; the health check reads
 * them.
 */
export class StoreWrites {
  private rejection: Rejection | undefined;

  /** @param now a clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Runs a step that may write.
   * @throws Problem `storage-unavailable` when the store cannot write.
   */
  async run<T>(step: () => Promise<T> | T): Promise<T> {
    try {
      return await step();
    } catch (error) {
      const cause = causeOf(error);
      if (cause === undefined) throw error;
      this.rejection = { cause, until: this.now() + RETRY_AFTER_SECONDS * 1000 };
      throw writesRejected(cause, error);
    }
  }

  /**
   * After a rejected write, and once clients may retry, `trial` determines whether writes succeed.
   * @throws PublicHealthError while they fail
   */
  async check(trial: () => Promise<void>): Promise<void> {
    const { rejection } = this;
    if (!rejection) return;
    const isOver = this.now() >= rejection.until && (await succeeds(trial));
    if (!isOver)
      throw new PublicHealthError(`database rejects writes: ${rejection.cause}; reads continue`, true);
    if (this.rejection === rejection) this.rejection = undefined;
  }
}

const succeeds = (trial: () => Promise<void>): Promise<boolean> =>
  trial().then(
    () => true,
    () => false,
  );

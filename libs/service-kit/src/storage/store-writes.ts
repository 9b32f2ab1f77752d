import { factsOf } from '../errors/error-facts.js';
import { PublicTrouble } from '../health/health-indicator.js';
import { RETRY_AFTER_SECONDS, writesRefused } from './storage.problems.js';

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
  CAUSES[factsOf(error).code?.replace(/^(SQLITE_[A-Z]+)_.*/, '$1') ?? ''];

interface Refusal {
  readonly cause: string;
  /** Earliest time of the next write attempt, on the clock of this object. */
  readonly until: number;
}

/**
 * Whether the store of a service accepts writes. The drivers record rejected writes here; the health check reads
 * them.
 */
export class StoreWrites {
  private refusal: Refusal | undefined;

  /** @param now a clock in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Runs a step that may write.
   * @throws Problem `storage-unavailable` when the store cannot write.
   */
  async watch<T>(step: () => Promise<T> | T): Promise<T> {
    try {
      return await step();
    } catch (error) {
      const cause = causeOf(error);
      if (cause === undefined) throw error;
      this.refusal = { cause, until: this.now() + RETRY_AFTER_SECONDS * 1000 };
      throw writesRefused(cause, error);
    }
  }

  /**
   * After a rejected write, and once clients may retry, `trial` determines whether writes succeed.
   * @throws PublicTrouble while they fail
   */
  async check(trial: () => Promise<void>): Promise<void> {
    const { refusal } = this;
    if (!refusal) return;
    const isOver = this.now() >= refusal.until && (await succeeds(trial));
    if (!isOver) throw new PublicTrouble(`database rejects writes: ${refusal.cause}; reads continue`, true);
    if (this.refusal === refusal) this.refusal = undefined;
  }
}

const succeeds = (trial: () => Promise<void>): Promise<boolean> =>
  trial().then(
    () => true,
    () => false,
  );

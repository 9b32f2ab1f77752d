import { errorProperties } from '../errors/error-properties.js';

const UNIQUE_VIOLATIONS: ReadonlySet<string | undefined> = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  // PostgreSQL: unique_violation
  '23505',
]);

/** Whether `error` is a unique violation of either database. */
export const isUniqueViolation = (error: unknown): boolean =>
  UNIQUE_VIOLATIONS.has(errorProperties(error).code);

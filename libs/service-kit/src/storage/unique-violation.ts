const UNIQUE_VIOLATIONS: ReadonlySet<unknown> = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  // PostgreSQL: unique_violation
  '23505',
]);

/** Whether `error` is the database's way, either database's, to say that a value is taken. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && UNIQUE_VIOLATIONS.has((error as { code?: unknown }).code);

import type { Condition, EdgeState } from '#contracts';

/** Shares of errors from which calls are shown as a warning, and as critical. */
const WARNING = 0.01;
const CRITICAL = 0.05;

export function conditionOf({ errorRate }: Pick<EdgeState, 'errorRate'>): Condition {
  if (errorRate >= CRITICAL) return 'critical';
  return errorRate >= WARNING ? 'warning' : 'ok';
}

import { readFileSync } from 'node:fs';
import type { Logger } from '../logging/logger.js';

/** A gateway needs two descriptors for each request in flight, and one for each idle connection. */
const RECOMMENDED_LIMIT = 1024;
const LIMITS = '/proc/self/limits';

/**
 * Logs a warning when the descriptor limit of this process is low. Does nothing where the system does not report the
 * limit.
 */
export function checkDescriptorLimit(logger: Pick<Logger, 'warn'>, path = LIMITS): void {
  const limit = descriptorLimit(path);
  if (limit === undefined || limit >= RECOMMENDED_LIMIT) return;
  logger.warn(
    { limit },
    `File descriptor limit below ${RECOMMENDED_LIMIT}; raise it, for example with "ulimit -n 65536"`,
  );
}

/** The soft limit; `undefined` when it is unlimited or not reported. */
function descriptorLimit(path: string): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync(path, 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

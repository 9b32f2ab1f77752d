import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/base-config.js';

export type { Logger } from 'pino';

/** JSON lines on standard output, one a record, `app` in each. */
export function createLogger(app: string, level: LogLevel): Logger {
  return pino({
    level: level.toLowerCase(),
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config/base-config.js';

export type { Logger } from 'pino';

/** Creates a logger that writes JSON lines to standard output, one per record, each with `app`. */
export function createLogger(app: string, level: LogLevel): Logger {
  return pino({
    level: level.toLowerCase(),
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

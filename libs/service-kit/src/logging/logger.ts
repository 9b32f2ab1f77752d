import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import type { LogFormat, LogLevel } from '../config/base-config.js';

export type { Logger } from 'pino';

/** How an app logs. */
export interface LogSettings {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/**
 * Creates a logger that writes records with `app` to standard output: coloured lines for a reader at a terminal, JSON
 * lines otherwise.
 */
export function createLogger(app: string, { logLevel, logFormat }: LogSettings): Logger {
  const options = {
    level: logLevel.toLowerCase(),
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return isPretty(logFormat) ? pino(options, terminal()) : pino(options);
}

/** Whether records are written for a reader at a terminal. */
export const isPretty = (format: LogFormat): boolean =>
  format === 'auto' ? process.stdout.isTTY : format === 'pretty';

/** Loaded on demand: most processes write JSON. */
function terminal(): DestinationStream {
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  return pretty({
    sync: true,
    colorize: process.stdout.isTTY && !process.env.NO_COLOR,
    singleLine: true,
    ignore: 'app',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: (record, message) => `${String(record.app)}: ${printable(String(record[message]))}`,
  });
}

/** Without control characters, which a terminal would execute. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

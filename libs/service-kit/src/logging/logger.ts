import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import type { LogLevel } from '#contracts';
import type { LogFormat } from '../config/base-config.js';
import { standardOutput } from './log-output.js';
import { REDACTED, withoutSecrets } from './redact.js';

export type { Logger } from 'pino';

/** How an app logs. */
export interface LogSettings {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/**
 * Creates a logger that writes records with `app` to standard output: coloured lines for a reader at a terminal, JSON
 * lines otherwise. Secrets are removed.
 */
export function createLogger(app: string, { logLevel, logFormat }: LogSettings): Logger {
  const options = {
    level: logLevel.toLowerCase(),
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: withoutSecrets },
    // ioredis attaches the command of a failed reply to the error: that of AUTH has the password.
    redact: { paths: ['err.command.args'], censor: REDACTED },
  };
  return pino(options, isPretty(logFormat) ? terminal() : standardOutput);
}

/** A logger whose records are written whatever the level: what operators have to find in every log. */
export function unconditional(logger: Logger): Logger {
  // A child that is given the level of its parent has none of its own, and follows later changes: it needs another one first.
  const child = logger.child({}, { level: 'silent' });
  child.level = 'info';
  return child;
}

/** Whether records are written for a reader at a terminal. */
export const isPretty = (format: LogFormat): boolean =>
  format === 'auto' ? process.stdout.isTTY : format === 'pretty';

/** Loaded on demand: most processes write JSON. */
function terminal(): DestinationStream {
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  return pretty({
    sync: true,
    colorize: (process.stdout.isTTY || Boolean(process.env.FORCE_COLOR)) && !process.env.NO_COLOR,
    singleLine: true,
    // The last line of a start has these in its sentence.
    ignore: 'app,clientUrl,docs,seed',
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: (record, message) => `${String(record.app)}: ${printable(String(record[message]))}`,
  });
}

/** Without control characters, which a terminal would execute. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

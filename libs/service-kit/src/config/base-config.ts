import { integer, oneOf, readEnv, text, type Env } from './read-env.js';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** Settings that every app has. */
export interface BaseConfig {
  readonly environment: string;
  readonly logLevel: LogLevel;
  /** Longest wait for work in flight at SIGTERM, milliseconds. */
  readonly shutdownTimeoutMs: number;
}

/** Variables behind {@link BaseConfig}; spread them into an app's own, so that all bad ones are named together. */
export const baseSpecs = {
  ENVIRONMENT: text({ default: 'development' }),
  LOG_LEVEL: oneOf<LogLevel>('DEBUG', 'INFO', 'WARN', 'ERROR')({ default: 'INFO' }),
  SHUTDOWN_TIMEOUT_SECONDS: integer(0, 3600)({ default: 25 }),
};

/** Shapes the variables of {@link baseSpecs}. */
export const toBaseConfig = (vars: {
  ENVIRONMENT: string;
  LOG_LEVEL: LogLevel;
  SHUTDOWN_TIMEOUT_SECONDS: number;
}): BaseConfig => ({
  environment: vars.ENVIRONMENT,
  logLevel: vars.LOG_LEVEL,
  shutdownTimeoutMs: vars.SHUTDOWN_TIMEOUT_SECONDS * 1000,
});

/** Reads the settings that every app has. */
export const readBaseConfig = (env: Env): BaseConfig => toBaseConfig(readEnv(env, baseSpecs));

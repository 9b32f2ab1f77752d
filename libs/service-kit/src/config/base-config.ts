import { integer, oneOf, readEnv, text, type Env } from './read-env.js';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** Settings that every app has. */
export interface BaseConfig {
  readonly environment: string;
  readonly logLevel: LogLevel;
  /** Where an app keeps its files: the embedded store of a service, the registry snapshot of a gateway. */
  readonly dataDir: string;
  /** How long an app that has left rotation still takes new work, until whoever sends it knows; milliseconds. */
  readonly shutdownDelayMs: number;
  /** From SIGTERM to the end at the latest, whatever is in flight; milliseconds. */
  readonly shutdownTimeoutMs: number;
}

const DEVELOPMENT = 'development';

/** Without a load balancer nothing has to notice the shutdown, and a reload on change must not wait for it. */
const defaultDelaySeconds = (environment: string): number => (environment === DEVELOPMENT ? 0 : 3);

/** Variables behind {@link BaseConfig}; spread them into an app's own, so that all bad ones are named together. */
export const baseSpecs = {
  ENVIRONMENT: text({ default: DEVELOPMENT }),
  LOG_LEVEL: oneOf<LogLevel>('DEBUG', 'INFO', 'WARN', 'ERROR')({ default: 'INFO' }),
  DATA_DIR: text({ default: '.data' }),
  SHUTDOWN_DELAY_SECONDS: integer(0, 60)({ default: undefined }),
  SHUTDOWN_TIMEOUT_SECONDS: integer(0, 3600)({ default: 25 }),
};

/** Shapes the variables of {@link baseSpecs}. */
export const toBaseConfig = (vars: {
  ENVIRONMENT: string;
  LOG_LEVEL: LogLevel;
  DATA_DIR: string;
  SHUTDOWN_DELAY_SECONDS: number | undefined;
  SHUTDOWN_TIMEOUT_SECONDS: number;
}): BaseConfig => ({
  environment: vars.ENVIRONMENT,
  logLevel: vars.LOG_LEVEL,
  dataDir: vars.DATA_DIR,
  shutdownDelayMs: (vars.SHUTDOWN_DELAY_SECONDS ?? defaultDelaySeconds(vars.ENVIRONMENT)) * 1000,
  shutdownTimeoutMs: vars.SHUTDOWN_TIMEOUT_SECONDS * 1000,
});

/** Reads the settings that every app has. */
export const readBaseConfig = (env: Env): BaseConfig => toBaseConfig(readEnv(env, baseSpecs));

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

const SHUTDOWN_DELAY_SECONDS = 3;

/** Variables behind {@link BaseConfig}; spread them into an app's own, so that all bad ones are named together. */
export const baseSpecs = {
  ENVIRONMENT: text({ default: DEVELOPMENT }),
  LOG_LEVEL: oneOf<LogLevel>('DEBUG', 'INFO', 'WARN', 'ERROR')({ default: 'INFO' }),
  DATA_DIR: text({ default: '.data' }),
  SHUTDOWN_DELAY_SECONDS: integer(0, 60)({ default: undefined }),
  SHUTDOWN_TIMEOUT_SECONDS: integer(0, 3600)({ default: 25 }),
};

/** The values of {@link baseSpecs}. */
interface BaseVariables {
  readonly ENVIRONMENT: string;
  readonly LOG_LEVEL: LogLevel;
  readonly DATA_DIR: string;
  readonly SHUTDOWN_DELAY_SECONDS: number | undefined;
  readonly SHUTDOWN_TIMEOUT_SECONDS: number;
}

/**
 * Shapes the variables of {@link baseSpecs}.
 * @param isBalanced a load balancer sends to this app, which has to notice that it leaves: it waits in development, too. Without one, a
 * reload on change must not wait
 */
export const toBaseConfig = (vars: BaseVariables, isBalanced = false): BaseConfig => ({
  environment: vars.ENVIRONMENT,
  logLevel: vars.LOG_LEVEL,
  dataDir: vars.DATA_DIR,
  shutdownDelayMs: delaySecondsOf(vars, isBalanced) * 1000,
  shutdownTimeoutMs: vars.SHUTDOWN_TIMEOUT_SECONDS * 1000,
});

const delaySecondsOf = (vars: BaseVariables, isBalanced: boolean): number =>
  vars.SHUTDOWN_DELAY_SECONDS ??
  (vars.ENVIRONMENT === DEVELOPMENT && !isBalanced ? 0 : SHUTDOWN_DELAY_SECONDS);

/** Reads the settings that every app has. */
export const readBaseConfig = (env: Env): BaseConfig => toBaseConfig(readEnv(env, baseSpecs));

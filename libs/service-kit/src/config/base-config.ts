import { LOG_LEVELS, type LogLevel } from '#contracts';
import {
  tracingConfigOf,
  tracingSpecs,
  type TracingConfig,
  type TracingVariables,
} from './tracing-config.js';
import { integer, oneOf, readEnv, text, type Env } from './read-env.js';

export type LogFormat = 'auto' | 'pretty' | 'json';

/** Settings that every app has. */
export interface BaseConfig {
  readonly environment: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Directory of an app's files: the embedded store of a service, the registry snapshot of a gateway. */
  readonly dataDir: string;
  /** How long an app that has left rotation accepts new work, until its senders have noticed; milliseconds. */
  readonly shutdownDelayMs: number;
  /** Longest time from SIGTERM to the exit, even with requests in flight; milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** `undefined`: no traces. */
  readonly tracing: TracingConfig | undefined;
}

const DEVELOPMENT = 'development';

const SHUTDOWN_DELAY_SECONDS = 3;

/**
 * Variables of {@link BaseConfig}. Spread them into an app's own specs, so that all invalid variables are named
 * together.
 */
export const baseSpecs = {
  ENVIRONMENT: text({
    default: DEVELOPMENT,
    desc: 'Name of the environment, shown at `/`. With `production` the gateway refuses to start with a `REGISTRY_TOKEN` of less than 16 characters or a `TRUSTED_PROXIES` that covers every address.',
  }),
  LOG_LEVEL: oneOf<LogLevel>(...LOG_LEVELS)({
    default: 'INFO',
    desc: 'Least severe level that is logged, in any case; changeable at run time.',
  }),
  LOG_FORMAT: oneOf<LogFormat>(
    'auto',
    'pretty',
    'json',
  )({
    default: 'auto',
    desc: 'Format of log records on standard output: `pretty` lines for a reader, or `json` lines. `auto`: `pretty` on a terminal.',
  }),
  DATA_DIR: text({
    default: '.data',
    desc: 'Directory of the embedded stores and of the registry snapshot of the gateway.',
  }),
  SHUTDOWN_DELAY_SECONDS: integer(
    0,
    60,
  )({
    default: undefined,
    desc: `How long an app accepts new requests after SIGTERM, until load balancers have noticed. Unset: ${SHUTDOWN_DELAY_SECONDS}; 0 with \`ENVIRONMENT=${DEVELOPMENT}\` and without \`REDIS_URL\`. Images set 3; Ctrl-C does not wait.`,
  }),
  SHUTDOWN_TIMEOUT_SECONDS: integer(
    0,
    3600,
  )({ default: 25, desc: 'Longest time from SIGTERM to the exit, even with requests in flight.' }),
  ...tracingSpecs,
};

/** The values of {@link baseSpecs}. */
interface BaseVariables extends TracingVariables {
  readonly ENVIRONMENT: string;
  readonly LOG_LEVEL: LogLevel;
  readonly LOG_FORMAT: LogFormat;
  readonly DATA_DIR: string;
  readonly SHUTDOWN_DELAY_SECONDS: number | undefined;
  readonly SHUTDOWN_TIMEOUT_SECONDS: number;
}

/**
 * Converts the variables of {@link baseSpecs}.
 * @param isBalanced whether a load balancer sends requests to this app and has to notice its shutdown. Such an app
 * waits in development, too. Without a load balancer, a reload on change must not wait
 * @throws ConfigError if variables of traces contradict each other
 */
export const toBaseConfig = (vars: BaseVariables, isBalanced = false): BaseConfig => ({
  environment: vars.ENVIRONMENT,
  logLevel: vars.LOG_LEVEL,
  logFormat: vars.LOG_FORMAT,
  dataDir: vars.DATA_DIR,
  shutdownDelayMs: delaySecondsOf(vars, isBalanced) * 1000,
  shutdownTimeoutMs: vars.SHUTDOWN_TIMEOUT_SECONDS * 1000,
  tracing: tracingConfigOf(vars),
});

const delaySecondsOf = (vars: BaseVariables, isBalanced: boolean): number =>
  vars.SHUTDOWN_DELAY_SECONDS ??
  (vars.ENVIRONMENT === DEVELOPMENT && !isBalanced ? 0 : SHUTDOWN_DELAY_SECONDS);

/** Reads the settings that every app has. */
export const readBaseConfig = (env: Env): BaseConfig => toBaseConfig(readEnv(env, baseSpecs));

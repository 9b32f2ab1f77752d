import { INTERNAL_PATHS_KEY } from '#contracts';
import { instanceId, type RegistrationOptions } from '#registry-client';
import { baseSpecs, toBaseConfig, type BaseConfig } from './base-config.js';
import { redisServerOf, redisSpecs, type RedisServer } from './redis-config.js';
import { bearerToken, integer, oneOf, port, readEnv, text, url, type Env } from './read-env.js';

/** Where a service stores its rows. */
export interface StorageConfig {
  /** URL of PostgreSQL; if unset, an embedded file under `dataDir` is used. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** With `full`, every commit of the embedded store survives a power loss. */
  readonly sync: 'normal' | 'full';
}

/** Settings that every service has. */
export interface ServiceConfig extends BaseConfig {
  readonly host: string;
  readonly port: number;
  readonly storage: StorageConfig;
  /** Transport of domain events between processes; `undefined`: events stay in this process. */
  readonly redis: RedisServer | undefined;
  readonly registry: { readonly url: string; readonly token: string | undefined };
  /**
   * The URL at which the gateway reaches this instance; if unset, the address at which it listens, as seen from the
   * registry.
   */
  readonly advertisedUrl: string | undefined;
  /** Share of traffic, 0 to 1000. An instance with 0 receives no traffic until its weight is raised. */
  readonly weight: number | undefined;
}

/** Variables of {@link ServiceConfig}, without {@link baseSpecs} and the port. */
export const serviceSpecs = {
  SERVICE_HOST: text({
    default: '127.0.0.1',
    desc: 'Address at which a split service listens. Requests sent there bypass the gateway and its internal paths.',
  }),
  ADVERTISED_URL: url(
    'http',
    'https',
  )({
    default: undefined,
    desc: 'URL at which the gateway reaches the service. Unset: where it listens; with `SERVICE_HOST=0.0.0.0` the address from which this machine reaches `REGISTRY_URL`.',
  }),
  INSTANCE_WEIGHT: integer(
    0,
    1000,
  )({ default: undefined, desc: 'Share of traffic of this instance. Unset: 100.' }),
  REGISTRY_URL: url(
    'http',
    'https',
  )({ default: 'http://127.0.0.1:8000', desc: 'URL of the registry; ignored in the monolith.' }),
  REGISTRY_TOKEN: bearerToken({ default: undefined, desc: 'Token of the registry.' }),
  ...redisSpecs,
  DATABASE_URL: url(
    'postgres',
    'postgresql',
  )({
    default: undefined,
    desc: 'PostgreSQL: `postgres://user:password@host/database`. Unset: an embedded store under `DATA_DIR`.',
  }),
  DATABASE_SYNC: oneOf(
    'normal',
    'full',
  )({
    default: 'normal',
    desc: 'With `full`, every commit of the embedded store survives a power loss, for one fsync each.',
  }),
};

/** Reads a service's settings; `portVariable` is the name of its port variable, such as `USER_SERVICE_PORT`. */
export function readServiceConfig(env: Env, portVariable: string, defaultPort: number): ServiceConfig {
  const vars = readEnv(env, {
    ...baseSpecs,
    ...serviceSpecs,
    [portVariable]: port({ default: defaultPort }),
  });
  return Object.freeze({
    ...toBaseConfig(vars),
    host: vars.SERVICE_HOST,
    port: (vars as Record<string, unknown>)[portVariable] as number,
    storage: { databaseUrl: vars.DATABASE_URL, dataDir: vars.DATA_DIR, sync: vars.DATABASE_SYNC },
    redis: redisServerOf(vars),
    registry: { url: vars.REGISTRY_URL, token: vars.REGISTRY_TOKEN },
    advertisedUrl: vars.ADVERTISED_URL,
    weight: vars.INSTANCE_WEIGHT,
  });
}

/** Properties that a service registers. */
export interface RegisteredService {
  readonly name: string;
  readonly version: string;
  readonly internalPaths?: readonly string[];
}

/**
 * The registration of a service. Its id is the same after a restart on the same host and port, so that the restart
 * renews the registration instead of adding another.
 */
export function registrationOf(
  { name, version, internalPaths }: RegisteredService,
  config: ServiceConfig,
  url: string,
): RegistrationOptions['body'] {
  return {
    name,
    version,
    url: config.advertisedUrl ?? url,
    ...(config.weight !== undefined && { weight: config.weight }),
    ...(internalPaths && { metadata: { [INTERNAL_PATHS_KEY]: internalPaths.join(',') } }),
    id: instanceId({ name, url, advertisedUrl: config.advertisedUrl }),
  };
}

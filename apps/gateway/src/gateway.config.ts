import {
  baseSpecs,
  bearerToken,
  ConfigError,
  duration,
  list,
  matching,
  oneOf,
  port,
  readEnv,
  text,
  toBaseConfig,
  type BaseConfig,
  type Env,
} from '#service-kit';
import { insecureSettings } from './insecure-settings.js';
import { isAddressRange } from './address-ranges.js';
import { instancesFile } from './instances-file.variable.js';
import { redisUrl } from './redis-url.variable.js';

/** Settings of the gateway. */
export interface GatewayConfig extends BaseConfig {
  readonly host: string;
  readonly port: number;
  /** Where the gateway runs: instances whose metadata names the same `zone` are preferred; unset: none are. */
  readonly zone: string | undefined;
  /** Addresses and CIDR ranges whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** `node`: every connection through node:http. */
  readonly dataPlane: 'wire' | 'node';
  /** Bearer token for `/discovery` writes; unset: loopback only. */
  readonly registryToken: string | undefined;
  /** Addresses and CIDR ranges in which instances may be; unset: everywhere but at link-local addresses. */
  readonly registryAllowedNetworks: readonly string[] | undefined;
  /** JSON file of instances that cannot register themselves; it is read again when it changes. */
  readonly instancesFile: string | undefined;
  /** How long an expired instance stays listed as `down`, and a name without instances stays known, milliseconds. */
  readonly instanceRetentionMs: number;
  /** Shared registry; unset: in this process. */
  readonly redisUrl: string | undefined;
  /** What the keys of this system begin with; another system on the same Redis has another. */
  readonly redisPrefix: string;
}

/** No braces: those mark what decides where in a cluster a key lies. */
const REDIS_PREFIX = /^[\w.:-]{1,64}$/;

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** @throws ConfigError that names every bad variable, and in production every insecure one. */
export function readGatewayConfig(env: Env): GatewayConfig {
  const vars = readEnv(env, {
    ...baseSpecs,
    GATEWAY_HOST: text({ default: '0.0.0.0' }),
    GATEWAY_PORT: port({ default: 8000 }),
    GATEWAY_ZONE: text({ default: undefined }),
    TRUSTED_PROXIES: list('addresses and CIDR ranges', isAddressRange)({ default: LOOPBACK }),
    DATA_PLANE: oneOf('wire', 'node')({ default: 'wire' }),
    REGISTRY_TOKEN: bearerToken({ default: undefined }),
    REGISTRY_ALLOWED_NETWORKS: list('addresses and CIDR ranges', isAddressRange)({ default: undefined }),
    INSTANCES_FILE: instancesFile({ default: undefined }),
    INSTANCE_RETENTION: duration({ default: 24 * 3_600_000 }),
    REDIS_URL: redisUrl({ default: undefined }),
    REDIS_PREFIX: matching(
      '1 to 64 letters, digits, ".", "_", ":" and "-"',
      REDIS_PREFIX,
    )({ default: 'msa-gateway' }),
  });
  const config = Object.freeze({
    // Gateways that share a registry have a load balancer before them.
    ...toBaseConfig(vars, vars.REDIS_URL !== undefined),
    host: vars.GATEWAY_HOST,
    port: vars.GATEWAY_PORT,
    zone: vars.GATEWAY_ZONE,
    trustedProxies: vars.TRUSTED_PROXIES,
    dataPlane: vars.DATA_PLANE,
    registryToken: vars.REGISTRY_TOKEN,
    registryAllowedNetworks: vars.REGISTRY_ALLOWED_NETWORKS,
    instancesFile: vars.INSTANCES_FILE,
    instanceRetentionMs: vars.INSTANCE_RETENTION,
    redisUrl: vars.REDIS_URL,
    redisPrefix: vars.REDIS_PREFIX,
  });
  const insecure = config.environment === 'production' ? insecureSettings(config) : [];
  if (insecure.length > 0) throw new ConfigError(insecure);
  return config;
}

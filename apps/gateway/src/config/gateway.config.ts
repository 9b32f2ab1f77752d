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
  /** Zone of the gateway. Instances whose metadata has the same `zone` are preferred; if unset, none are. */
  readonly zone: string | undefined;
  /** Addresses and CIDR ranges of proxies whose forwarding headers are trusted. */
  readonly trustedProxies: readonly string[];
  /** With `node`, every connection uses node:http. */
  readonly dataPlane: 'wire' | 'node';
  /** Bearer token for `/discovery` writes; if unset, writes are allowed from loopback only. */
  readonly registryToken: string | undefined;
  /** Addresses and CIDR ranges that instances may use; if unset, all except link-local addresses. */
  readonly registryAllowedNetworks: readonly string[] | undefined;
  /** JSON file of instances that cannot register themselves; it is reloaded when it changes. */
  readonly instancesFile: string | undefined;
  /** How long an expired instance stays listed as `down`, and a service without instances stays known, milliseconds. */
  readonly instanceRetentionMs: number;
  /** URL of the shared registry; if unset, the registry is in this process. */
  readonly redisUrl: string | undefined;
  /** Prefix of this system's keys; other systems on the same Redis need another one. */
  readonly redisPrefix: string;
}

/** No braces: in a Redis Cluster they mark the hash tag of a key. */
const REDIS_PREFIX = /^[\w.:-]{1,64}$/;

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** @throws ConfigError that names every invalid variable, and in production every insecure one. */
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
    // Gateways that share a registry have a load balancer in front.
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

import {
  baseSpecs,
  bearerToken,
  ConfigError,
  duration,
  integer,
  list,
  oneOf,
  port,
  readEnv,
  redisSpecs,
  text,
  toBaseConfig,
  type BaseConfig,
  type Env,
} from '#service-kit';
import { insecureSettings } from './insecure-settings.js';
import { isAddressRange } from './address-ranges.js';
import { isDnsServer } from './dns-name.js';
import { fraction } from './fraction.variable.js';
import { percent } from './percent.variable.js';
import { instancesFile } from './instances-file.variable.js';

/** Settings of the gateway. */
export interface GatewayConfig extends BaseConfig {
  readonly host: string;
  readonly port: number;
  /** Address and port of the operators' listener; the other one then serves `/api` and `/health` alone. */
  readonly adminHost: string;
  /** `undefined`: one listener serves everything. */
  readonly adminPort: number | undefined;
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
  /** Whether operators may inject faults into instances. */
  readonly allowsFaults: boolean;
  /** Other registries whose clients may register here. */
  readonly registryCompatibility: readonly string[];
  /** JSON file of instances that cannot register themselves; it is reloaded when it changes. */
  readonly instancesFile: string | undefined;
  /** Addresses of the servers that DNS names of that file are looked up at; `undefined`: those of the system. */
  readonly dnsServers: readonly string[] | undefined;
  /** Path of the policy file; it is reloaded when it changes. */
  readonly policyFile: string | undefined;
  /** Percent of the recorded decisions that a reload of the policy file may change; `undefined`: any number. */
  readonly maxChangedPercent: number | undefined;
  /** Bytes that stored responses of routes with a cache may use in this process. */
  readonly cacheMaxBytes: number;
  /** Whether gateways share stored responses in Redis. */
  readonly cacheInRedis: boolean;
  /** How long a request waits for a stored response of Redis, milliseconds. */
  readonly cacheRedisWaitMs: number;
  /** How long an expired instance stays listed as `down`, and a service without instances stays known, milliseconds. */
  readonly instanceRetentionMs: number;
  /** Share of the requests that the access log has, 0 to 1; failed and slow ones are always logged. */
  readonly accessLogSample: number;
  /** A request that takes this long is slow, milliseconds. */
  readonly accessLogSlowMs: number;
  /** URL of the shared registry; if unset, the registry is in this process. */
  readonly redisUrl: string | undefined;
  /** Prefix of this system's keys; other systems on the same Redis need another one. */
  readonly redisPrefix: string;
  /** Requests that take longer are traced even if they are not sampled, milliseconds; 0: none. */
  readonly traceSlowMs: number;
}

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const addressRanges = list('addresses and CIDR ranges', isAddressRange);

const MAX_SLOW_MS = 86_400_000;

const DEFAULT_CACHE_BYTES = 64 * 1024 ** 2;
const LEAST_CACHE_BYTES = 1024 ** 2;
const MOST_CACHE_BYTES = 1024 ** 4;

/** Variables of {@link GatewayConfig}, without {@link baseSpecs}. */
export const gatewaySpecs = {
  GATEWAY_HOST: text({ default: '0.0.0.0', desc: 'Address at which the gateway listens.' }),
  GATEWAY_PORT: port({ default: 8000, desc: 'Port of the gateway; 0: a free one.' }),
  ADMIN_PORT: port({
    default: undefined,
    desc: 'Port of a listener of its own for operators and instances: `/discovery`, `/policies`, `/metrics`, `/docs`, dashboard. `GATEWAY_PORT` then serves `/api` and `/health` alone. 0: a free one. Unset: one port serves everything.',
  }),
  ADMIN_HOST: text({ default: '127.0.0.1', desc: 'Address at which `ADMIN_PORT` listens.' }),
  GATEWAY_ZONE: text({
    default: undefined,
    desc: 'Zone of the gateway. Instances whose metadata has the same `zone` are preferred; unset: none are.',
  }),
  TRUSTED_PROXIES: addressRanges({
    default: LOOPBACK,
    desc: 'Proxies whose `X-Forwarded-*` and `Forwarded` fields are trusted.',
  }),
  DATA_PLANE: oneOf(
    'wire',
    'node',
  )({
    default: 'wire',
    desc: "`wire`: the gateway's own sockets. `node`: every connection through node:http, as a fallback.",
  }),
  ...redisSpecs,
  REGISTRY_TOKEN: bearerToken({
    default: undefined,
    desc: 'Token for `/discovery` writes. Unset: writes are allowed from this machine only.',
  }),
  REGISTRY_ALLOWED_NETWORKS: addressRanges({
    default: undefined,
    desc: 'Networks of the instances. Unset: all except link-local. Unspecified (`0.0.0.0`), multicast and broadcast addresses are always refused.',
  }),
  FAULT_INJECTION: oneOf(
    'allowed',
    'refused',
  )({
    default: undefined,
    desc: 'Whether `npm run chaos` may inject faults between the gateway and instances, for drills. Unset: `refused` in production, else `allowed`.',
  }),
  REGISTRY_COMPATIBILITY: list('eureka and consul', (entry) => ['eureka', 'consul'].includes(entry))({
    default: undefined,
    desc: 'Other registries whose clients may register here: `eureka`, `consul` or both, separated by a comma. Unset: none.',
  }),
  INSTANCE_RETENTION: duration({
    default: 24 * 3_600_000,
    desc: 'How long an expired instance stays listed as `down`, and a service without instances stays known.',
  }),
  INSTANCES_FILE: instancesFile({
    default: undefined,
    desc: 'JSON file of instances that cannot register themselves; it is reloaded when it changes.',
  }),
  DNS_SERVERS: list(
    'addresses, with or without a port',
    isDnsServer,
  )({
    default: undefined,
    desc: 'DNS servers for the names in `INSTANCES_FILE`, such as `10.96.0.10,[fd00::10]:53`. Unset: those of the system.',
  }),
  GATEWAY_CONFIG: text({
    default: undefined,
    desc: 'Policy file, YAML or JSON; it is reloaded when it changes and on SIGHUP. Unset: only instances declare policies.',
  }),
  GATEWAY_CONFIG_MAX_CHANGED: percent({
    default: undefined,
    desc: 'Share of the recorded decisions that a reload of the policy file may change, such as `1%`; a file that changes more is refused. Unset: any file takes effect.',
  }),
  GATEWAY_CACHE_MAX_BYTES: integer(
    LEAST_CACHE_BYTES,
    MOST_CACHE_BYTES,
  )({
    default: DEFAULT_CACHE_BYTES,
    desc: 'Bytes of memory for the responses that routes with a cache store; the least recently used are dropped.',
  }),
  GATEWAY_CACHE_REDIS: oneOf(
    'true',
    'false',
  )({
    default: 'false',
    desc: 'With `true`, gateways share stored responses in Redis, beside those that each keeps in memory. Needs `REDIS_URL`.',
  }),
  GATEWAY_CACHE_REDIS_WAIT: duration({
    default: 20,
    desc: 'How long a request waits for a stored response of Redis before it is forwarded to a service.',
  }),
  ACCESS_LOG_SAMPLE: fraction({
    default: 1,
    desc: 'Share of the requests that the access log has, 0 to 1. Responses of 5xx, broken and slow ones are always logged.',
  }),
  ACCESS_LOG_SLOW: duration({
    default: 1000,
    desc: 'With `ACCESS_LOG_SAMPLE` below 1: a request that takes this long is always logged.',
  }),
  TRACE_SLOW_MS: integer(
    0,
    MAX_SLOW_MS,
  )({
    default: 1000,
    desc: 'Requests that take longer are traced even if the sampler did not select them, in ms; 0: none. Failed requests always are.',
  }),
};

/** @throws ConfigError that names every invalid variable, and in production every insecure one. */
export function readGatewayConfig(env: Env): GatewayConfig {
  const vars = readEnv(env, { ...baseSpecs, ...gatewaySpecs });
  const config = Object.freeze({
    // Gateways that share a registry have a load balancer in front.
    ...toBaseConfig(vars, vars.REDIS_URL !== undefined),
    host: vars.GATEWAY_HOST,
    port: vars.GATEWAY_PORT,
    adminHost: vars.ADMIN_HOST,
    adminPort: vars.ADMIN_PORT,
    zone: vars.GATEWAY_ZONE,
    trustedProxies: vars.TRUSTED_PROXIES,
    dataPlane: vars.DATA_PLANE,
    registryToken: vars.REGISTRY_TOKEN,
    registryAllowedNetworks: vars.REGISTRY_ALLOWED_NETWORKS,
    allowsFaults:
      (vars.FAULT_INJECTION ?? (vars.ENVIRONMENT === 'production' ? 'refused' : 'allowed')) === 'allowed',
    registryCompatibility: vars.REGISTRY_COMPATIBILITY ?? [],
    instancesFile: vars.INSTANCES_FILE,
    dnsServers: vars.DNS_SERVERS,
    policyFile: vars.GATEWAY_CONFIG,
    maxChangedPercent: vars.GATEWAY_CONFIG_MAX_CHANGED,
    cacheMaxBytes: vars.GATEWAY_CACHE_MAX_BYTES,
    cacheInRedis: vars.GATEWAY_CACHE_REDIS === 'true',
    cacheRedisWaitMs: vars.GATEWAY_CACHE_REDIS_WAIT,
    instanceRetentionMs: vars.INSTANCE_RETENTION,
    accessLogSample: vars.ACCESS_LOG_SAMPLE,
    accessLogSlowMs: vars.ACCESS_LOG_SLOW,
    redisUrl: vars.REDIS_URL,
    redisPrefix: vars.REDIS_PREFIX,
    traceSlowMs: vars.TRACE_SLOW_MS,
  });
  if (config.cacheInRedis && config.redisUrl === undefined)
    throw new ConfigError(['GATEWAY_CACHE_REDIS needs REDIS_URL']);
  const insecure = config.environment === 'production' ? insecureSettings(config) : [];
  if (insecure.length > 0) throw new ConfigError(insecure);
  return config;
}

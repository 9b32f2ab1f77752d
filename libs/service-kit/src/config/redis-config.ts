import { matching, parsed } from './read-env.js';
import { redisLocationOf } from './redis-location.js';

/** A Redis server, and the name by which it lists the connections of this system. */
export interface RedisServer {
  /** One that `redisLocationOf` accepts. */
  readonly url: string;
  /** Prefix of all keys; other systems on the same server have other prefixes. */
  readonly prefix: string;
}

/** The URL of Redis: a server, the Sentinels of one, or nodes of a cluster. */
const redisUrl = parsed<string>(
  [
    'redis://[user:password@]host[:port][/number]',
    'redis+sentinel://[user:password@]host[:port],…/master[/number]',
    'redis+cluster://[user:password@]host[:port],…, or rediss for TLS; "@" in a password is "%40"',
  ].join(', '),
  (input) => (redisLocationOf(input) ? input : undefined),
);

/** No braces: in a Redis Cluster they mark the hash tag of a key. */
const REDIS_PREFIX = /^[\w.:-]{1,64}$/;

/** Variables of {@link RedisServer}. */
export const redisSpecs = {
  REDIS_URL: redisUrl({
    default: undefined,
    desc: 'Redis, which carries the registry of all gateways and the domain events between services. A private CA: `NODE_EXTRA_CA_CERTS`. Unset: both stay in this process.',
  }),
  REDIS_PREFIX: matching(
    '1 to 64 letters, digits, ".", "_", ":" and "-"',
    REDIS_PREFIX,
  )({
    default: 'msa-gateway',
    desc: "Prefix of this system's keys; another system on the same Redis needs another one.",
  }),
};

/** The server that the variables name; `undefined`: none. */
export const redisServerOf = (vars: {
  readonly REDIS_URL: string | undefined;
  readonly REDIS_PREFIX: string;
}): RedisServer | undefined =>
  vars.REDIS_URL === undefined ? undefined : { url: vars.REDIS_URL, prefix: vars.REDIS_PREFIX };

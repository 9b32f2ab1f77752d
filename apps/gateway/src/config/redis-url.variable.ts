import { parsed } from '#service-kit';
import { redisLocationOf } from './redis-location.js';

/** The URL of Redis: a server, the Sentinels of one, or nodes of a cluster. */
export const redisUrl = parsed<string>(
  [
    'redis://[user:password@]host[:port][/number]',
    'redis+sentinel://[user:password@]host[:port],…/master[/number]',
    'redis+cluster://[user:password@]host[:port],…, or rediss for TLS',
  ].join(', '),
  (input) => (redisLocationOf(input) ? input : undefined),
);

import { parsed } from '#service-kit';

const SCHEMES = ['redis:', 'rediss:'];
const DATABASE = /^\/?\d{0,6}$/;

/** Whether the Redis client can decode a user or password of a URL; a stray `%` would end the process. */
function canBeDecoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(text);
  return (
    SCHEMES.includes(protocol) &&
    hostname !== '' &&
    DATABASE.test(pathname) &&
    canBeDecoded(username) &&
    canBeDecoded(password)
  );
}

/** The URL of Redis. Rejects values for which the client would guess (no host, a database that is not a number). */
export const redisUrl = parsed<string>(
  'redis://[user:password@]host[:port][/number], or rediss:// for TLS',
  (input) => (isRedisUrl(input) ? input : undefined),
);

import { parsed } from '#service-kit';

const SCHEMES = ['redis:', 'rediss:'];
const DATABASE = /^\/?\d{0,6}$/;

/** Whether the client can take a user or password out of a URL: it decodes them, and a stray `%` ends the process. */
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

/** Where Redis is. What its client would guess at (no host, a database that is no number) is refused instead. */
export const redisUrl = parsed<string>(
  'redis://[user:password@]host[:port][/number], or rediss:// for TLS',
  (input) => (isRedisUrl(input) ? input : undefined),
);

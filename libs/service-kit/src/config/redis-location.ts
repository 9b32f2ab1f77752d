/** Where a Redis URL leads: to a server, or to nodes that know which server to use. */
export interface RedisLocation {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  /** URLs of the server, of Sentinels, or of nodes of a cluster, each with user, password and database. */
  readonly nodes: readonly string[];
  /** The name by which Sentinels know the master; empty for other kinds. */
  readonly master: string;
}

const PARTS =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?<user>[^/]*@)?(?<hosts>[^/@?#]+)(?<path>\/[^?#]*)?(?<rest>[?#].*)?$/;
const DATABASE = /^\/?\d{0,6}$/;
const MASTER_AND_DATABASE = /^\/(?<master>[\w.-]+)(?<database>\/\d{0,6})?$/;
/** A cluster has no databases. */
const NO_DATABASE = /^\/?$/;

/** @returns `undefined` if the client would have to guess (no host, a database that is not a number) */
export function redisLocationOf(url: string): RedisLocation | undefined {
  const parts = PARTS.exec(url)?.groups;
  if (!parts) return undefined;
  const { scheme, user = '', hosts = '', path = '', rest = '' } = parts;
  const kind = (parts.kind ?? 'server') as RedisLocation['kind'];
  // Several hosts: a user before a later one would become part of the password.
  if (kind !== 'server' && user.slice(0, -1).includes('@')) return undefined;
  const target = targetOf(kind, path);
  if (!target) return undefined;
  const addresses = kind === 'server' ? [hosts] : hosts.split(',');
  const nodes = addresses.map((address) => `${scheme}://${user}${address}${target.database}${rest}`);
  if (!nodes.every(isServerUrl)) return undefined;
  return { kind, nodes, master: target.master };
}

function targetOf(
  kind: RedisLocation['kind'],
  path: string,
): { readonly master: string; readonly database: string } | undefined {
  if (kind === 'sentinel') {
    const { master, database = '' } = MASTER_AND_DATABASE.exec(path)?.groups ?? {};
    return master === undefined ? undefined : { master, database };
  }
  const pattern = kind === 'cluster' ? NO_DATABASE : DATABASE;
  return pattern.test(path) ? { master: '', database: path } : undefined;
}

function isServerUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, username, password } = new URL(url);
  return hostname !== '' && !hostname.includes(',') && canBeDecoded(username) && canBeDecoded(password);
}

/** Whether the Redis client can decode a user or password of a URL; a stray `%` would end the process. */
function canBeDecoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

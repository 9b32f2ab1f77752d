import { createHash } from 'node:crypto';
import { INSTANCE_ID } from '#contracts';

const MIN_TTL_SECONDS = 2;
const MAX_TTL_SECONDS = 300;
const MAX_WEIGHT = 1000;
/** Leaves room for the digest within the 128 characters of an id. */
const READABLE_CHARACTERS = 100;

/** The lease that comes closest to the requested one, seconds. */
export const leaseOf = (seconds: number): number =>
  Math.min(MAX_TTL_SECONDS, Math.max(MIN_TTL_SECONDS, Math.ceil(seconds)));

/** The weight that comes closest to the requested one. */
export const weightOf = (weight: number): number => Math.min(MAX_WEIGHT, weight);

/**
 * The id in this registry for an id of another one: the same if its characters are allowed here, else a readable
 * part of it and a digest, so that different ids stay different.
 */
export function registryId(id: string): string {
  if (INSTANCE_ID.test(id)) return id;
  const readable = id.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[._-]+/, '');
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${readable.slice(0, READABLE_CHARACTERS) || 'instance'}-${digest}`;
}

/** An origin; IPv6 addresses are put into brackets. */
export const originOf = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;

/** The path and query of `url` if it is a URL with this port, else `undefined`. */
export function pathAt(url: string | undefined, port: number): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, pathname, search, port: own } = new URL(url);
  const actual = own === '' ? (protocol === 'https:' ? 443 : 80) : Number(own);
  return actual === port ? pathname + search : undefined;
}

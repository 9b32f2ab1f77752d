/** Whether `path` is under `prefix` (`/api/users` is not under `/api/user`). */
export function carries(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path.charAt(prefix.length);
  return next === '' || next === '/' || next === '?' || next === '#';
}

/** Where the root of an instance is, for clients. */
export interface Placement {
  /** The path prefix that the client uses. */
  readonly prefix: string;
  /** Scheme, host and port of the instance, in lower case. */
  readonly origin: string;
  /** Set if the route rewrites paths. */
  readonly rewrite?: { downstream(path: string): string | undefined } | undefined;
  /** The `Host` that the instance received instead of its own. */
  readonly sentHost?: string | undefined;
  /** Whether {@link sentHost} is the one that the client uses. */
  readonly isSentHostPublic?: boolean;
}

const placed = (path: string, { prefix, rewrite }: Placement): string =>
  carries(path, prefix) ? path : prefix + (rewrite?.downstream(path) ?? path);

/** The part of an absolute URL after `origin`, as a path; `undefined` for another origin. */
function pathAtOrigin(url: string, origin: string): string | undefined {
  if (url.slice(0, origin.length).toLowerCase() !== origin) return undefined;
  const rest = url.slice(origin.length);
  if (rest === '' || rest.startsWith('?') || rest.startsWith('#')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

/** Moves a `Location` or `Content-Location` that points to the instance itself under the prefix of the clients. */
export function rewriteLocation(value: string, place: Placement): string {
  if (value.startsWith('/')) return value.startsWith('//') ? value : placed(value, place);
  const path = pathAtOrigin(value, place.origin);
  if (path !== undefined) return placed(path, place);
  return place.sentHost === undefined ? value : locationAtHost(value, place.sentHost, place);
}

/** The same for an instance that takes the `Host` that it received for its own. */
function locationAtHost(value: string, host: string, place: Placement): string {
  for (const scheme of ['http://', 'https://']) {
    const origin = scheme + host;
    const path = pathAtOrigin(value, origin.toLowerCase());
    if (path !== undefined)
      return (place.isSentHostPublic ? value.slice(0, origin.length) : '') + placed(path, place);
  }
  return value;
}

const PATH_ATTRIBUTE = /(;\s*path\s*=\s*)(\/[^;]*)/i;

/**
 * Moves the `Path` of a `Set-Cookie` under the prefix. A `__Host-` cookie must keep the path "/", or browsers reject
 * it (RFC 6265bis, section 4.1.3.2).
 */
export function rewriteCookie(value: string, place: Placement): string {
  if (/^__host-/i.test(value)) return value;
  return value.replace(PATH_ATTRIBUTE, (_attribute, name: string, path: string) => {
    const trimmed = path.trimEnd();
    const moved = placed(trimmed, place);
    return name + (trimmed === '/' ? moved.replace(/\/$/, '') : moved);
  });
}

const PREFIX = /^(?:\/[\w.~-]+)+$/;

/** The prefix that clients see: a trusted proxy in front may have removed its own prefix from the path. */
export const publicPrefix = (outer: string, own: string): string =>
  outer !== '' && PREFIX.test(outer) ? outer + own : own;

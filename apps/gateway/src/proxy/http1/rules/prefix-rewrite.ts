/** Whether `path` is under `prefix` (`/api/users` is not under `/api/user`). */
function carries(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path.charAt(prefix.length);
  return next === '' || next === '/' || next === '?' || next === '#';
}

const underPrefix = (path: string, prefix: string): string => (carries(path, prefix) ? path : prefix + path);

/** The part of an absolute URL after `origin`, as a path; `undefined` for another origin. */
function pathAtOrigin(url: string, origin: string): string | undefined {
  if (url.slice(0, origin.length).toLowerCase() !== origin) return undefined;
  const rest = url.slice(origin.length);
  if (rest === '' || rest.startsWith('?') || rest.startsWith('#')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

/**
 * Moves a `Location` or `Content-Location` that points to the instance's own origin under the prefix of the clients.
 * @param origin scheme, host and port of the instance, in lower case
 */
export function rewriteLocation(value: string, prefix: string, origin: string): string {
  if (value.startsWith('/')) return value.startsWith('//') ? value : underPrefix(value, prefix);
  const path = pathAtOrigin(value, origin);
  return path === undefined ? value : underPrefix(path, prefix);
}

const PATH_ATTRIBUTE = /(;\s*path\s*=\s*)(\/[^;]*)/i;

/**
 * Moves the `Path` of a `Set-Cookie` under the prefix. A `__Host-` cookie must keep the path "/", or browsers reject
 * it (RFC 6265bis, section 4.1.3.2).
 */
export function rewriteCookie(value: string, prefix: string): string {
  if (/^__host-/i.test(value)) return value;
  return value.replace(PATH_ATTRIBUTE, (_attribute, name: string, path: string) => {
    const trimmed = path.trimEnd();
    return name + (trimmed === '/' ? prefix : underPrefix(trimmed, prefix));
  });
}

const PREFIX = /^(?:\/[\w.~-]+)+$/;

/** The prefix that clients see: a trusted proxy in front may have removed its own prefix from the path. */
export const publicPrefix = (outer: string, own: string): string =>
  outer !== '' && PREFIX.test(outer) ? outer + own : own;

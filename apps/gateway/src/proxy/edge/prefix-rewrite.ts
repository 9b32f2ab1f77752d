/** Whether `path` lies under `prefix` (`/api/users` is not under `/api/user`). */
function carries(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path.charAt(prefix.length);
  return next === '' || next === '/' || next === '?' || next === '#';
}

const underPrefix = (path: string, prefix: string): string => (carries(path, prefix) ? path : prefix + path);

/** The part of an absolute URL after `origin`, as a path; `undefined` when the URL is of another origin. */
function pathAtOrigin(url: string, origin: string): string | undefined {
  if (url.slice(0, origin.length).toLowerCase() !== origin) return undefined;
  const rest = url.slice(origin.length);
  if (rest === '' || rest.startsWith('?') || rest.startsWith('#')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

/**
 * Brings a `Location` or `Content-Location` that points at the instance's own root under the prefix that clients use.
 * @param origin scheme, host and port of the instance, lower case
 */
export function rewriteLocation(value: string, prefix: string, origin: string): string {
  if (value.startsWith('/')) return value.startsWith('//') ? value : underPrefix(value, prefix);
  const path = pathAtOrigin(value, origin);
  return path === undefined ? value : underPrefix(path, prefix);
}

const PATH_ATTRIBUTE = /(;\s*path\s*=\s*)(\/[^;]*)/i;

/**
 * Brings the `Path` of a `Set-Cookie` under the prefix. A cookie named `__Host-…` must have the path "/", or browsers drop
 * it (RFC 6265bis, section 4.1.3.2).
 */
export function rewriteCookie(value: string, prefix: string): string {
  if (/^__host-/i.test(value)) return value;
  return value.replace(PATH_ATTRIBUTE, (_attribute, name: string, path: string) => {
    const trimmed = path.trimEnd();
    return name + (trimmed === '/' ? prefix : underPrefix(trimmed, prefix));
  });
}

import { parseHttpDate } from './http-date.js';
import type { HeaderOf } from './vary.js';

/** What identifies the version of a stored response. */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** Whether the service can be asked for confirmation of the response. */
export const hasValidator = ({ etag, lastModified }: Validators): boolean =>
  (etag ?? lastModified) !== undefined;

const ETAG = /(?:W\/)?"[^"]*"|[^\s,]+/g;

/** Two entity tags name the same version, apart from insignificant differences (RFC 9110, section 8.8.3.2). */
export const isSameVersion = (a: string, b: string): boolean => opaque(a) === opaque(b);

const opaque = (etag: string): string => (etag.startsWith('W/') ? etag.slice(2) : etag);

/** Whether the client has this version of the response already (RFC 9110, section 13.2.2). */
export function isNotModified(headerOf: HeaderOf, { etag, lastModified }: Validators): boolean {
  const known = headerOf('if-none-match');
  if (known !== undefined)
    return (
      known === '*' ||
      (etag !== undefined && (known.match(ETAG) ?? []).some((each) => isSameVersion(each, etag)))
    );
  const since = parseHttpDate(headerOf('if-modified-since'));
  const modified = parseHttpDate(lastModified);
  return since !== undefined && modified !== undefined && modified <= since;
}

/** Whether `If-Range` names exactly this version, so that a part of it is of use (RFC 9110, section 13.1.5). */
export function isSameRange(condition: string, { etag, lastModified }: Validators): boolean {
  if (condition.includes('"')) return condition === etag && !etag.startsWith('W/');
  return condition === lastModified;
}

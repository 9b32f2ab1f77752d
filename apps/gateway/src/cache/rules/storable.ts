import { STATUS_CODES } from 'node:http';
import type { CacheControl } from './cache-control.js';
import type { FieldLines } from './field-lines.js';

/** The credentials of a request: what a shared cache may store depends on them. */
export interface Credentials {
  /** `Authorization`, or an identity that the gateway authenticated by other means. */
  readonly hasAuthorization: boolean;
  readonly hasCookie: boolean;
}

/** Parts of a response and confirmations cannot be stored like a response. */
const INCOMPLETE: ReadonlySet<number> = new Set([206, 304]);

/** Whether callers with `Authorization` may share a response (RFC 9111, section 3.5). */
export const isShareable = (response: CacheControl): boolean =>
  response.has('public') || response.has('s-maxage') || response.has('must-revalidate');

/** A response to a request with cookies may be a personal one, unless it says otherwise. */
const isPublic = (response: CacheControl, vary: readonly string[]): boolean =>
  response.has('public') || response.has('s-maxage') || vary.includes('cookie');

/** `must-understand` replaces `no-store` for caches that know it (RFC 9111, section 5.2.2.3). */
function forbidsStorage(response: CacheControl, status: number): boolean {
  if (response.has('must-understand')) return STATUS_CODES[status] === undefined;
  return response.has('no-store');
}

/**
 * Whether a shared cache may store a response to a GET request (RFC 9111, section 3). Stricter than the RFC in three
 * points: `private` concerns the whole response even if it names fields, a response with `Set-Cookie` is never stored,
 * and one with a malformed `Cache-Control` is not either.
 */
export function isStorable(
  status: number,
  fields: FieldLines,
  response: CacheControl,
  request: CacheControl,
  vary: readonly string[],
  { hasAuthorization, hasCookie }: Credentials,
): boolean {
  if (INCOMPLETE.has(status)) return false;
  if (response.isMalformed || response.has('private') || forbidsStorage(response, status)) return false;
  if (request.has('no-store') || fields.has('set-cookie')) return false;
  if (hasAuthorization && !isShareable(response)) return false;
  return !hasCookie || isPublic(response, vary);
}

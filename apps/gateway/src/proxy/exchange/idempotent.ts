/** Safe or idempotent methods (RFC 9110, section 9.2; WebDAV and QUERY by their own specifications). */
const IDEMPOTENT = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'PROPFIND',
  'REPORT',
  'SEARCH',
  'QUERY',
]);

/** Whether a request of this method may be repeated when the outcome of the first attempt is unknown. */
export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method);

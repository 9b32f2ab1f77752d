/** Safe or idempotent by definition (RFC 9110, section 9.2; WebDAV and QUERY by their own): may be sent twice. */
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

/** Whether a request of this method may be sent a second time when nobody knows what became of the first. */
export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method);

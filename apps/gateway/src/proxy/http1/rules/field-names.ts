/** Connection-specific fields (RFC 9110, section 7.6.1); only `te: trailers` is forwarded. */
export const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  // Between a client and its own proxy (RFC 9110, section 11.7).
  'proxy-authorization',
  'proxy-authenticate',
  // CGI turns it into HTTP_PROXY ("httpoxy", CVE-2016-5385).
  'proxy',
];

const PLACED = new Set(['location', 'content-location', 'set-cookie']);

/** Whether a response field contains a URL or path under the root of the instance. */
export const isPlaced = (lowerName: string): boolean => PLACED.has(lowerName);

/** Fields that `Connection` cannot remove. Removal could change the origin, length or permissions of a request. */
const PROTECTED = new Set([
  'host',
  'authorization',
  'cookie',
  'set-cookie',
  'content-length',
  'content-type',
  'content-encoding',
  'content-range',
  'cache-control',
  'date',
  'expect',
  'location',
  'origin',
  'range',
  'te',
  'trailer',
  'vary',
  'via',
  'www-authenticate',
  'x-request-id',
]);

const isForwardingField = (lowerName: string): boolean =>
  lowerName.startsWith('x-forwarded-') || lowerName === 'forwarded' || lowerName === 'x-real-ip';

/**
 * Whether a field describes the origin of a request; such fields are accepted from trusted proxies only. Names with
 * underscores are included: CGI-like servers cannot distinguish `x_forwarded_for` from `x-forwarded-for`.
 */
export const describesOrigin = (lowerName: string): boolean =>
  isForwardingField(lowerName.includes('_') ? lowerName.replaceAll('_', '-') : lowerName);

export const isProtected = (lowerName: string): boolean =>
  PROTECTED.has(lowerName) || isForwardingField(lowerName);

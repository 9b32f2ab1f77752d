import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { REQUEST_ID_HEADER } from '#service-kit';

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

export const isForwardingField = (lowerName: string): boolean =>
  lowerName.startsWith('x-forwarded-') || lowerName === 'forwarded' || lowerName === 'x-real-ip';

/** A name whose underscores are hyphens: CGI-like servers cannot distinguish `x_user` from `x-user`. */
const hyphenated = (lowerName: string): string =>
  lowerName.includes('_') ? lowerName.replaceAll('_', '-') : lowerName;

/** Equal for names that a service could read as the same field: some servers replace every such character. */
export const spelled = (lowerName: string): string => lowerName.replaceAll(/[^a-z0-9]/g, '-');

/** Whether a field describes the origin of a request; such fields are accepted from trusted proxies only. */
export const describesOrigin = (lowerName: string): boolean => isForwardingField(hyphenated(lowerName));

const FIXED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'date',
  'expect',
  'host',
  'trailer',
  'via',
  REQUEST_ID_HEADER,
  REQUEST_TIMEOUT_HEADER,
  INSTANCE_TOKEN_HEADER,
]);

/**
 * Whether neither stages nor policies can change a field: those of the connection, the framing and the origin of a
 * request, and those that the gateway itself sets.
 */
export const isFixed = (lowerName: string): boolean => FIXED.has(lowerName) || describesOrigin(lowerName);

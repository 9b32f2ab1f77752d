import { MAX_FIELDS } from '../head/field-lines.js';

/**
 * Fields that are not allowed as trailers, because a recipient that merges trailers into the head would act on
 * them: framing, routing, credentials and content handling (RFC 9110, section 6.5.1).
 */
export const FORBIDDEN_TRAILERS: readonly string[] = [
  [
    'connection',
    'content-length',
    'expect',
    'host',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  [
    'authorization',
    'cookie',
    'proxy',
    'proxy-authorization',
    'proxy-connection',
    'set-cookie',
    'www-authenticate',
  ],
  ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix'],
  ['x-forwarded-proto', 'x-real-ip', 'x-request-id', 'x-http-method-override', 'location', 'cache-control'],
  ['content-encoding', 'content-range', 'content-type', 'max-forwards', 'range'],
].flat();

const forbidden = new Set(FORBIDDEN_TRAILERS);

/** Whether a field may be forwarded as a trailer. */
export const isTrailer = (name: string): boolean => !forbidden.has(name.toLowerCase());

/** Maximum size of a trailer section, bytes. The number of fields is limited by {@link MAX_FIELDS}. */
export const MAX_TRAILER_BYTES = 8 * 1024;
export const TOO_LARGE = 'the trailer section is larger than 8 KiB';
export const TOO_MANY = `the trailer section has more than ${MAX_FIELDS} fields`;

import { MAX_FIELDS } from '../head/field-lines.js';

/**
 * What no trailer may say, because a recipient that merges trailers into the head would act on it: framing, routing,
 * credentials, and how the body is to be read (RFC 9110, section 6.5.1).
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

/** Whether a field may pass on as a trailer. */
export const isTrailer = (name: string): boolean => !forbidden.has(name.toLowerCase());

/** What a trailer section may measure, both in its lines and in their number. */
export const MAX_TRAILER_BYTES = 8 * 1024;
export const TOO_LARGE = 'the trailers are larger than 8 KiB';
export const TOO_MANY = `there are more than ${MAX_FIELDS} trailers`;

/** What is wrong with the size of trailers that were read by somebody else (name, value, name, …); as a rule nothing. */
export function trailerFault(raw: readonly string[]): string | undefined {
  if (raw.length > 2 * MAX_FIELDS) return TOO_MANY;
  const blanks = (raw.length / 2) * ': \r\n'.length + '\r\n'.length;
  const bytes = raw.reduce((sum, text) => sum + text.length, raw.length === 0 ? 0 : blanks);
  return bytes > MAX_TRAILER_BYTES ? TOO_LARGE : undefined;
}

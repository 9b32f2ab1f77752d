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

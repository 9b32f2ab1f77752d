/** An origin as browsers send it: `scheme://host[:port]`. Apps in web views use schemes such as `capacitor`. */
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/[\x21-\x7e]*[\x21-\x39\x3b-\x7e]$/i;
/** Beyond these, a URL has parts that an origin has not, or characters that a parser decodes or removes. */
const OTHER_PARTS = /[/?#@\\%*]/;
const MAX_LENGTH = 300;

/** A parsed origin. */
export interface Origin {
  /** In lower case, with a colon. */
  readonly scheme: string;
  /** In lower case, as URL parsers normalise it. */
  readonly host: string;
  /** Empty for the default port of the scheme. */
  readonly port: string;
}

/** Parses an origin; `undefined` for `null` and for everything else that is none. */
export function parseOrigin(text: string): Origin | undefined {
  const [, scheme] = (text.length <= MAX_LENGTH ? ORIGIN.exec(text) : undefined) ?? [];
  if (scheme === undefined || OTHER_PARTS.test(text.slice(scheme.length + 3))) return undefined;
  try {
    const { protocol, hostname, port } = new URL(text);
    return hostname === '' ? undefined : { scheme: protocol, host: hostname.toLowerCase(), port };
  } catch {
    return undefined;
  }
}

/** Origins of all subdomains, at any depth, of a domain. */
export interface OriginPattern {
  readonly scheme: string;
  /** The domain after a dot. */
  readonly suffix: string;
  readonly port: string;
}

/** Parses `https://*.example.com`; `undefined` for anything else. */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  const domain = /^https?:\/\/\*\.(?=[^.])/i.exec(text);
  const origin = domain && parseOrigin(text.replace('*.', ''));
  // A host in brackets or whose last label is a number is an address, which has no subdomains.
  if (!origin || /\]$|(?:^|\.)\d+\.?$/.test(origin.host)) return undefined;
  return { scheme: origin.scheme, suffix: `.${origin.host}`, port: origin.port };
}

/** Whether an origin is of a subdomain of the pattern's domain. */
export const isSubdomain = ({ scheme, host, port }: Origin, pattern: OriginPattern): boolean =>
  scheme === pattern.scheme && port === pattern.port && host.endsWith(pattern.suffix) && isDomain(host);

/** Labels of letters, digits, hyphens and underscores, none of them empty. */
const isDomain = (host: string): boolean => /^(?:[a-z0-9_-]+\.)+[a-z0-9_-]+\.?$/.test(host);

/** A header field name (RFC 9110, section 5.6.2). */
export const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** Names of providers, routes and limits: safe in log lines, labels and structured fields. */
export const DECLARED_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** A scope of OAuth 2.0 (RFC 6749, section 3.3): safe in a quoted string. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** The first of `names` that is there twice. */
export function repeatedName(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** The name of a consumer of API keys: safe as the value of a header field. */
export const CONSUMER_NAME = /^[\x21-\x7e]{1,128}$/;

/** A host name, IPv4 address or bracketed IPv6 address, with an optional port. */
export const HOST_NAME =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

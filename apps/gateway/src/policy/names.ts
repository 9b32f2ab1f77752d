/** A header field name (RFC 9110, section 5.6.2). */
export const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** Names of providers, routes and limits: safe in log lines, labels and structured fields. */
export const PROVIDER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

// One protocol, with or without a version, other than h2c, another HTTP version or TLS.
const TUNNELS = /^(?!h2c?$|http\b|tls\b)[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/i;

/**
 * Whether a connection may become a tunnel for `protocol`, the value of `Upgrade`. Cleartext HTTP/2 is excluded,
 * since requests in such a tunnel would bypass the gateway.
 */
export const mayBeTunnelled = (protocol: string): boolean => TUNNELS.test(protocol);

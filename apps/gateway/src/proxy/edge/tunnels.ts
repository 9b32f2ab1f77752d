// One protocol, with or without a version, that is neither h2c nor another HTTP or TLS.
const TUNNELS = /^(?!h2c?$|http\b|tls\b)[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/i;

/**
 * Whether a connection may become a tunnel that speaks `protocol`, the value of `Upgrade`. HTTP/2 in the clear is not
 * among them, since requests in such a tunnel would walk past the gateway.
 */
export const mayBeTunnelled = (protocol: string): boolean => TUNNELS.test(protocol);

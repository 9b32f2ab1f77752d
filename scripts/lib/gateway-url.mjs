const ANY_ADDRESS = ['', '0.0.0.0', '::'];

/** The URL at which programs on this machine reach a gateway with these variables. */
export function gatewayUrl({ GATEWAY_HOST = '', GATEWAY_PORT = '' }) {
  const host = ANY_ADDRESS.includes(GATEWAY_HOST) ? '127.0.0.1' : GATEWAY_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${GATEWAY_PORT || '8000'}`;
}

/** The URL of its endpoints for operators, which are on a port of their own if there is an ADMIN_PORT. */
export function operatorsUrl(env) {
  if (!env.ADMIN_PORT) return gatewayUrl(env);
  return gatewayUrl({ GATEWAY_HOST: env.ADMIN_HOST || '127.0.0.1', GATEWAY_PORT: env.ADMIN_PORT });
}

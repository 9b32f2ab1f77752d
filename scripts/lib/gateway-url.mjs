const ANY_ADDRESS = ['', '0.0.0.0', '::'];

/** The URL at which programs on this machine reach a gateway with these variables. */
export function gatewayUrl({ GATEWAY_HOST = '', GATEWAY_PORT = '' }) {
  const host = ANY_ADDRESS.includes(GATEWAY_HOST) ? '127.0.0.1' : GATEWAY_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${GATEWAY_PORT || '8000'}`;
}

/**
 * Sends a request to the gateway of this container, with its token:
 *   docker compose exec gateway node registry.mjs GET /discovery/services
 *   docker compose exec gateway node registry.mjs POST /discovery/services/ID/drain
 * The third argument is the body. Writes the response to standard output; exits with 1 if it is an error.
 */
import { readFileSync } from 'node:fs';

const { GATEWAY_PORT, PORT = '8000', REGISTRY_TOKEN, REGISTRY_TOKEN_FILE } = process.env;
const [method = 'GET', path = '/', body] = process.argv.slice(2);
const token = REGISTRY_TOKEN_FILE ? readFileSync(REGISTRY_TOKEN_FILE, 'utf8').trim() : REGISTRY_TOKEN;

const response = await fetch(`http://127.0.0.1:${GATEWAY_PORT || PORT}${path}`, {
  method,
  headers: {
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
  },
  ...(body && { body }),
});
console.log(await response.text());
process.exitCode = response.ok ? 0 : 1;

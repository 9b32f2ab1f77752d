/**
 * Health check of a container: exit 0 when the app in it may receive traffic. Slim images have no curl; and node:http
 * starts faster than fetch, which matters every few seconds.
 */
import { get } from 'node:http';

const TIMEOUT_MS = 2500;
const { APP = 'gateway', PORT = '8000' } = process.env;
// In the monolith it is the gateway that receives traffic.
const front = APP === 'monolith' ? 'gateway' : APP;
const port = process.env[`${front.toUpperCase().replaceAll('-', '_')}_PORT`] || PORT;

const request = get({ host: '127.0.0.1', port, path: '/health/ready', timeout: TIMEOUT_MS }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
request.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

/** A service that registers with the gateway, renews its lease, and unregisters when it stops. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayClient } from '@msa-gateway/registry-client';

const { REGISTRY_URL, REGISTRY_TOKEN, SERVICE_URL, HOST = '127.0.0.1', PORT = '9000' } = process.env;

const gateway = new GatewayClient({
  url: REGISTRY_URL || 'http://127.0.0.1:8000',
  ...(REGISTRY_TOKEN && { token: REGISTRY_TOKEN }),
});

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ message: 'hello from TypeScript', path: request.url }));
});

server.listen(Number(PORT), HOST, () => {
  const { port } = server.address() as AddressInfo;
  const url = SERVICE_URL || `http://127.0.0.1:${port}`;
  gateway.register({ name: 'hello', url, healthPath: '/health' });
  console.log(`listening at ${url}`);
});

process.once('SIGTERM', stop).once('SIGINT', stop);

async function stop(): Promise<void> {
  await gateway.close();
  server.close();
}

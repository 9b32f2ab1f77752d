import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { HttpRegistry } from '#registry-client';
import { startApp, startNginx, waitFor, type AppProcess, type TestNginx } from '#testing';

/** nginx, gateways behind it, and one instance of `echo`, which each spec scripts. */
export interface NginxFront {
  readonly nginx: TestNginx;
  readonly gateways: readonly AppProcess[];
  /** URL of the service through nginx: `http://…/api/echo`. */
  readonly url: string;
  readonly service: Server;
  /** Handles every request to the service. */
  handler: RequestListener;
  stop(): Promise<void>;
}

/** Starts `count` gateways as processes, and nginx in front of them. */
export async function startFront(count: number): Promise<NginxFront> {
  const gateways = await Promise.all(
    Array.from({ length: count }, () =>
      startApp('gateway', { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: '0' }),
    ),
  );
  const service = await listening(createServer((request, response) => front.handler(request, response)));
  await Promise.all(gateways.map(({ url }) => register(url, urlOf(service))));
  const nginx = await startNginx(gateways.map(({ url }) => new URL(url).host));
  const front: NginxFront = {
    nginx,
    gateways,
    url: `${nginx.url}/api/echo`,
    service,
    handler: (_request, response) => response.end(),
    stop: async () => {
      await Promise.all([nginx.stop(), ...gateways.map((gateway) => gateway.process.stop())]);
      service.closeAllConnections();
      service.close();
    },
  };
  return front;
}

/** Starts a server on loopback, by default on a free port. */
export async function listening(server: Server, port = 0): Promise<Server> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const urlOf = (server: Server): string => `http://127.0.0.1:${portOf(server)}`;

async function register(gateway: string, url: string): Promise<void> {
  const registry = new HttpRegistry({ url: gateway });
  await registry.register({ name: 'echo', id: 'echo-1', url, ttlSeconds: 300, healthPath: '/' });
  await waitFor('echo to be up', async () => (await registry.instances('echo'))[0]?.status === 'up');
}

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { urlSeenFrom } from '#registry-client';
import { endConnectionsWhen, RepeatedWarning, type AppContext } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';

/** Start and shutdown of the listener of operators. It closes with the public one and finishes its requests, too. */
export class AdminListener
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** The URL for programs on this machine, once it listens. */
  url: string | undefined;
  private closed: Promise<unknown> | undefined;

  /** @param server `undefined`: the public listener serves everything */
  constructor(
    private readonly server: Server | undefined,
    private readonly config: Pick<GatewayConfig, 'adminHost' | 'adminPort'>,
    private readonly context: Pick<AppContext, 'application' | 'logger' | 'readiness'>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { server, config, context } = this;
    if (!server) return;
    await (context.application().getHttpAdapter().getInstance() as FastifyInstance).ready();
    endConnectionsWhen(server, () => context.readiness.isDraining);
    server.listen(config.adminPort, config.adminHost);
    await once(server, 'listening');
    const failures = new RepeatedWarning(
      context.logger,
      'Admin listener cannot accept a connection; clients wait or are refused',
    );
    server.on('error', (err: Error) => failures.record({ err }));
    const { address, port, family } = server.address() as AddressInfo;
    const bound = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    const url = (this.url = await urlSeenFrom('http://127.0.0.1', bound));
    context.logger.info({ url }, `gateway admin listens on ${url}`);
  }

  /** Closes every connection at once. */
  closeAllConnections(): void {
    this.server?.closeAllConnections();
  }

  beforeApplicationShutdown(): void {
    const { server } = this;
    if (server?.listening) this.closed = new Promise((resolve) => server.close(resolve));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.closed;
  }
}

import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { GatewayConfig } from '../config/gateway.config.js';
import type { DataPlane } from './data-plane.js';
import type { DetachedRequests } from './detached-requests.js';
import type { FrontServer } from './planes/node/front-server.js';
import type { BatchWriter } from '../telemetry/access-log/index.js';

/** Components whose life cycle follows the proxy. */
export interface ProxyLifeParts {
  readonly front: FrontServer;
  readonly plane: DataPlane;
  readonly detached: readonly DetachedRequests[];
  readonly kind: GatewayConfig['dataPlane'];
  readonly out: BatchWriter;
}

/**
 * Start and shutdown of the proxy. Between the two shutdown hooks, the server closes and waits for running exchanges;
 * therefore tunnels and event streams end before it, and upstream connections after it.
 */
export class ProxyLife implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly parts: ProxyLifeParts) {}

  onModuleInit(): void {
    const { front, plane, kind } = this.parts;
    front.open(plane.nodePlane, kind === 'wire' ? plane.openWire : undefined);
  }

  beforeApplicationShutdown(): void {
    this.parts.plane.nodePlane.closeTunnels();
    this.parts.plane.endEventStreams();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.parts.detached.map((each) => each.close()));
    await this.parts.plane.close();
    await this.parts.out.close();
  }
}

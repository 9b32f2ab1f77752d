import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { FrontServer } from './entrance/front-server.js';
import type { NodeEntrance } from './entrance/node-entrance.js';
import type { BatchWriter } from './record/batch-writer.js';

/** What lives and dies with the proxy. */
export interface ProxyLifeParts {
  readonly front: FrontServer;
  readonly entrance: NodeEntrance;
  readonly forwarders: readonly { close(): Promise<void> }[];
  readonly out: BatchWriter;
}

/**
 * Start and end of the proxy. Between the two hooks of the end the server closes: it waits for exchanges under way, which
 * is why tunnels end before it and connections to instances after.
 */
export class ProxyLife implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly parts: ProxyLifeParts) {}

  onModuleInit(): void {
    this.parts.front.open(this.parts.entrance);
  }

  beforeApplicationShutdown(): void {
    this.parts.entrance.closeTunnels();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.parts.forwarders.map((forwarder) => forwarder.close()));
    this.parts.out.close();
  }
}

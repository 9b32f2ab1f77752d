import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Neighbours } from '#registry-client';

/** Closes the connections to other services after the last response was sent. */
@Injectable()
export class NeighboursCloser implements OnApplicationShutdown {
  constructor(private readonly neighbours: Neighbours) {}

  async onApplicationShutdown(): Promise<void> {
    await this.neighbours.close();
  }
}

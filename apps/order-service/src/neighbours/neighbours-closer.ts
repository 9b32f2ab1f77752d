import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Neighbours } from '#registry-client';

/** Ends the connections to neighbours after the last request was answered. */
@Injectable()
export class NeighboursCloser implements OnApplicationShutdown {
  constructor(private readonly neighbours: Neighbours) {}

  async onApplicationShutdown(): Promise<void> {
    await this.neighbours.close();
  }
}

import { Injectable } from '@nestjs/common';
import { Neighbours, ServiceUnreachable, TypedClient } from '#registry-client';
import type { UserServicePaths } from '#shop-contracts';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

/** The operations of the user service that placing an order needs. */
export abstract class UserDirectory {
  /** @throws ServiceUnreachable */
  abstract exists(userId: string, requestId: string): Promise<boolean>;
}

/** Calls the user service over HTTP. */
@Injectable()
export class NeighbourUserDirectory extends UserDirectory {
  private readonly service: TypedClient<UserServicePaths>;

  constructor(neighbours: Neighbours) {
    super();
    this.service = new TypedClient('user-service', neighbours);
  }

  override async exists(userId: string, requestId: string): Promise<boolean> {
    const { status } = await this.service.call('GET', '/users/{id}', {
      path: { id: userId },
      headers: { 'x-request-id': requestId },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    });
    if (status === 200) return true;
    // 400: no user has an id that the user service rejects as malformed.
    if (status === 404 || status === 400) return false;
    throw new ServiceUnreachable('user-service', 'unavailable', new Error(`received status ${status}`));
  }
}

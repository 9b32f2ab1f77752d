import { Injectable } from '@nestjs/common';
import { PROBLEM_URN } from '#contracts';
import { Neighbours, ServiceUnreachable, TypedClient } from '#registry-client';
import type { UserServicePaths } from '#shop-contracts';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

/** The operations of the user service that orders need. */
export abstract class UserDirectory {
  /** @throws ServiceUnreachable */
  abstract exists(userId: string, requestId: string): Promise<boolean>;

  /**
   * Whether the user service does not know a user that it has known. Nothing but its own 404 says so.
   * @throws ServiceUnreachable
   */
  abstract isDeleted(userId: string): Promise<boolean>;
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
    throw unexpected(status);
  }

  override async isDeleted(userId: string): Promise<boolean> {
    const { status, body } = await this.service.call('GET', '/users/{id}', {
      path: { id: userId },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    });
    // 400: an order of a malformed id, which was never that of a user.
    if (status === 200 || status === 400) return false;
    if (status !== 404 || !isNotFound(body)) throw unexpected(status);
    await this.requireUsers();
    return true;
  }

  /** @throws if there are none: the service may have been started on an empty store by mistake */
  private async requireUsers(): Promise<void> {
    const response = await this.service.call('GET', '/users', {
      query: { limit: 1 },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
    });
    if (response.status !== 200) throw unexpected(response.status);
    if (response.body.items.length === 0) throw new Error('the user service has no users at all');
  }
}

const unexpected = (status: number): ServiceUnreachable =>
  new ServiceUnreachable('user-service', 'unavailable', new Error(`received status ${status}`));

/** Whether a body is the problem of a missing resource. A proxy, or another program, sends another 404. */
const isNotFound = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'type' in body && body.type === `${PROBLEM_URN}not-found`;

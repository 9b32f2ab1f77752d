import type { Socket } from 'node:net';
import { requestIdFrom } from '#service-kit';
import { clientAddressOf } from '../../http1/rules/peer.js';
import { isProxied, serviceEnd, serviceOf } from '../../http1/rules/target.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { ClientConnection } from './client-connection.js';
import type { ClientOwner, OwnedConnection, WirePlaneParts } from './client-owner.js';
import { ownResponse, type OwnResponse } from './own-response.js';
import { parsePlainHeartbeat } from './plain-heartbeat.js';
import { HttpExchange } from '../exchange/http-exchange.js';

/** Accepts client connections and turns their requests into exchanges. */
export class WirePlane implements ClientOwner {
  private readonly connections = new Set<OwnedConnection>();
  isClosing = false;

  constructor(readonly parts: WirePlaneParts) {}

  accept(accepted: Socket, isUsed: boolean): Socket {
    const connection = new ClientConnection(accepted, this);
    if (isUsed) connection.awaitNext();
    this.connections.add(connection);
    return connection.socket;
  }

  /** Closes idle connections and tunnels now, other connections after their response. */
  close(): void {
    this.isClosing = true;
    for (const connection of this.connections) connection.close();
  }

  /** False for targets outside `/api`, and for what clients rarely send: the node data plane handles it. */
  isProxied(head: RequestHead): boolean {
    const { target, countsForwards } = head;
    if (countsForwards || !isProxied(target)) return false;
    if (this.parts.servesLocally && !head.isUpgrade) return true;
    const service = serviceOf(target, serviceEnd(target));
    return this.parts.services.current.get(service)?.hasLocal !== true;
  }

  respondTo(client: OwnedConnection, head: RequestHead, rest: Buffer): Promise<OwnResponse> | undefined {
    const heartbeat = parsePlainHeartbeat(head, rest, client.peer.address);
    const instance = heartbeat && this.parts.heartbeats(heartbeat);
    return instance && ownResponse(head, instance, this.parts.onError);
  }

  exchangeOf(client: OwnedConnection, head: RequestHead): HttpExchange<OwnedConnection> {
    return new HttpExchange(
      client,
      head,
      requestIdFrom(head.requestId),
      clientAddressOf(client.peer, head.forwardedFor, this.parts.trusted),
    );
  }

  forget(client: OwnedConnection): void {
    this.connections.delete(client);
  }
}

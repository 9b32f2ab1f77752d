import type { LiveServiceTable, PlainHeartbeat } from '../../../discovery/index.js';
import type { ClientLimits } from '../../http1/client-limits.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import type { TrustedProxies } from '../../http1/rules/peer.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { TimerWheel } from '../../sockets/timer-wheel.js';
import type { HandOver } from '../listener/prompt-server.js';
import type { LocalClient } from '../exchange/local-client.js';
import type { OwnResponse } from './own-response.js';
import type { HttpExchange } from '../exchange/http-exchange.js';

/** The dependencies of `WirePlane`. */
export interface WirePlaneParts {
  readonly pipeline: Pipeline<HttpExchange<OwnedConnection>>;
  readonly services: LiveServiceTable;
  readonly trusted: TrustedProxies;
  readonly wheel: TimerWheel;
  readonly limits: ClientLimits;
  readonly isDraining: () => boolean;
  /** Whether the pipeline can reach local instances, except for upgrades. */
  readonly servesLocally: boolean;
  /** Handles a heartbeat; `undefined` if Nest has to handle it. */
  readonly heartbeats: (heartbeat: PlainHeartbeat) => Promise<object> | undefined;
  /** Called for unexpected errors. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Gives a connection to node:http. */
  readonly handOver: (connection: HandOver) => void;
}

/** A client connection, as seen by its owner. */
export interface OwnedConnection extends LocalClient {
  /** Closes an idle connection or a tunnel now, any other connection after its exchange. */
  close(): void;
}

/** The owner of client connections. */
export interface ClientOwner {
  readonly parts: WirePlaneParts;
  readonly isClosing: boolean;
  /** Whether the wire data plane forwards the request. */
  isProxied(head: RequestHead): boolean;
  /**
   * Responds to a request to the gateway itself, if that is possible without node:http. Never rejects.
   * @param rest the bytes after the head
   * @returns `undefined` if node:http has to handle the request
   */
  respondTo(client: OwnedConnection, head: RequestHead, rest: Buffer): Promise<OwnResponse> | undefined;
  exchangeOf(client: OwnedConnection, head: RequestHead): HttpExchange<OwnedConnection>;
  forget(client: OwnedConnection): void;
}

import type { RequestHead } from '../../http1/head/request-head.js';
import type { ClientSide } from './client-side.js';
import type { OwnAnswer } from './own-response.js';
import type { WireEntranceParts } from './wire-entrance-parts.js';
import type { WireExchange } from './wire-exchange.js';

/** A client connection, as seen by its owner. */
export interface OwnedConnection extends ClientSide {
  /** Closes an idle connection or a tunnel now, any other connection after its exchange. */
  close(): void;
}

/** The owner of client connections. */
export interface ConnectionOwner {
  readonly parts: WireEntranceParts;
  readonly isClosing: boolean;
  /** Parses a request head. @throws Problem */
  headOf(text: string): RequestHead;
  /** Whether the wire data plane forwards the request. */
  isProxied(head: RequestHead): boolean;
  /**
   * Responds to a request to the gateway itself, if that is possible without node:http. Never rejects.
   * @param rest the bytes after the head
   * @returns `undefined` if node:http has to handle the request
   */
  answerTo(client: OwnedConnection, head: RequestHead, rest: Buffer): Promise<OwnAnswer> | undefined;
  exchangeOf(client: OwnedConnection, head: RequestHead): WireExchange;
  forget(client: OwnedConnection): void;
}

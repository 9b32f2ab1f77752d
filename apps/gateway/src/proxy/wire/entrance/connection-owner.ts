import type { RequestHead } from '../head/request-head.js';
import type { ClientSide } from './client-side.js';
import type { OwnAnswer } from './own-answer.js';
import type { WireEntranceParts } from './wire-entrance-parts.js';
import type { WireExchange } from './wire-exchange.js';

/** A client's connection, as its owner knows it. */
export interface OwnedConnection extends ClientSide {
  /** Closes when nothing is under way; else after the exchange. */
  close(): void;
}

/** Who looks after client connections. */
export interface ConnectionOwner {
  readonly parts: WireEntranceParts;
  readonly isClosing: boolean;
  /** Reads a head. @throws Problem */
  headOf(text: string): RequestHead;
  /** Its exchange goes over the wire. */
  isProxied(head: RequestHead): boolean;
  /**
   * The answer to a request to the gateway itself, where it needs nobody else for it. Never rejects. `undefined`: it is for node:http.
   * @param rest what came behind the head
   */
  answerTo(client: OwnedConnection, head: RequestHead, rest: Buffer): Promise<OwnAnswer> | undefined;
  exchangeOf(client: OwnedConnection, head: RequestHead): WireExchange;
  forget(client: OwnedConnection): void;
}

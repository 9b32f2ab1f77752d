import type { RequestHead } from '../head/request-head.js';
import type { ClientSide } from './client-side.js';
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
  /** Reads a head. `undefined`: it is for node:http. @throws Problem */
  headOf(text: string): RequestHead | undefined;
  exchangeOf(client: OwnedConnection, head: RequestHead): WireExchange;
  forget(client: OwnedConnection): void;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientSide } from './client-side.js';
import type { HttpExchange } from './http-exchange.js';

/** A client whose request and response a local instance can use, as objects of node:http. */
export interface LocalClient extends ClientSide {
  /** Exists at the latest from {@link releaseBody}. */
  readonly request: IncomingMessage;
  /** Exists at the latest from {@link releaseBody}. */
  readonly response: ServerResponse;
  /** Bytes after the head of an upgrade request. */
  readonly upgradeHead?: Buffer | undefined;
  /** Leaves the request body to the instance, which reads it from {@link request}; still enforces its limit. */
  releaseBody(): void;
  /** Called when the instance has written a part of its response. */
  responseAdvances?(): void;
}

export type LocalExchange = HttpExchange<LocalClient>;

import type { Socket } from 'node:net';
import type { Peer } from '../../http1/rules/peer.js';
import type { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import type { ResponseWriter } from './response-writer.js';

/** The operations of an exchange on its client connection. */
export interface ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly response: ResponseWriter;
  /** The connection closes after this exchange: the gateway shuts down, or the client awaits 100 Continue. */
  readonly closesAfterwards: boolean;
  /** Stops reading the request body: the instance is slower than the client. */
  pauseBody(): void;
  resumeBody(): void;
  /** Sends 100 Continue to a client that waits for it. */
  admitBody(): void;
  /** Sends an interim response. */
  sendInterim(head: string): void;
  /** The client is slower than the instance: limits how long it may take nothing. */
  awaitDrain(): void;
  /** The response is completely written. @param keepsAlive whether it announced a persistent connection */
  finish(keepsAlive: boolean): void;
  /** Closes the connection so that the incomplete response does not look complete. */
  cutOff(): void;
  /** Releases the socket for a tunnel; `rest` is what the client sent after its request. */
  detach(): { socket: Socket; rest: Buffer | undefined };
}

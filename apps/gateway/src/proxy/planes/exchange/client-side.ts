import type { Socket } from 'node:net';
import type { ForwardingLines } from '../../http1/head/forwarding-lines.js';
import type { Framing } from '../../http1/head/response-framing.js';
import type { Peer } from '../../http1/rules/peer.js';

/** Receives the body of a request with its framing: as sent, or chunked anew. */
export interface BodyReceiver {
  /**
   * Receives the part of the body that arrived with the head, if any.
   * @param tail completes a whole chunked body whose trailers were held back
   */
  receiveFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void;
  sendBody(bytes: Buffer): void;
  endBody(tail: string): void;
}

/** Writes responses to one client. */
export interface ResponseOutput {
  /**
   * Begins a response.
   * @param head the whole head, including the empty line
   * @returns whether {@link write} takes the payload without chunk framing
   */
  begin(head: string, framing: Framing): boolean;
  /** Returns `false` if the caller should wait for `drain`. */
  write(bytes: Buffer): boolean;
  /** Whether {@link write} keeps a reference to `count` bytes. */
  retains(count: number): boolean;
  /** Whether bytes wait for the system. */
  readonly retainsBytes: boolean;
  /** Sends the head without waiting for the body. */
  flush(): void;
  /** @param tail completes a chunked body that was passed unchanged. @param trailers its trailer fields only */
  end(tail: string, trailers: string): void;
}

/** The operations of an exchange on its client connection: the seam between the data planes. */
export interface ClientSide {
  readonly peer: Peer;
  readonly forwarding: ForwardingLines;
  readonly output: ResponseOutput;
  /** The connection closes after this exchange: the gateway shuts down, or the client awaits 100 Continue. */
  readonly closesAfterwards: boolean;
  /** Payload bytes of the request body received so far. */
  readonly bodyBytes: number;
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

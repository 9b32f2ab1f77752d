import type { Duplex } from 'node:stream';
import type { Failure } from '../exchange/failure.js';
import type { ResponseHead } from '../http1/head/response-head.js';

/**
 * Receives the response of one instance as it arrives. Order of calls: `onConnect`, any number of `onInterim`, then
 * `onHead`, `onBody`…, `onEnd` or `onCut`, or `onTunnel`. `onFailure` ends the sequence before the head, `onBroken` after it.
 */
export interface ResponseSink {
  readonly method: string;
  /** The protocol in the Upgrade field of the request; `undefined`: a 101 is a protocol error. */
  readonly protocol: string | undefined;
  /** Read after `onHead`: whether `onBody` takes the payload without chunk framing. */
  readonly wantsPayload: boolean;
  readonly connectMs: number;
  readonly responseHeaderMs: number;
  readonly idleMs: number;

  /** The connection is established; the rest of the request body may be sent. */
  onConnect(): void;
  /** Called for interim responses other than 100 and 101. */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onBody(bytes: Buffer): void;
  /** Whether `onBody` keeps a reference to `count` bytes after it returns. */
  retains(count: number): boolean;
  /** Whether bytes that were passed to `onBody` are still in use. */
  readonly retainsBytes: boolean;
  /** No more bytes are available for now; output that was held back for one write must be sent. */
  onPause(): void;
  /** @param tail completes a chunked body that was passed unchanged. @param trailers its trailer fields only */
  onEnd(tail: string, trailers: string): void;
  /**
   * The gateway ends the response before the instance does; nothing follows.
   * @param tail completes a chunked body that was passed unchanged; `undefined`: the body cannot end here
   */
  onCut(tail: string | undefined): void;
  /** The instance has switched protocols. The sink now owns `socket`; `first` arrived after the 101. */
  onTunnel(head: ResponseHead, socket: Duplex, first: Buffer): void;
  onFailure(failure: Failure): void;
  onBroken(failure: Failure): void;
  /** More of the request body may be sent. */
  onDrain(): void;
}

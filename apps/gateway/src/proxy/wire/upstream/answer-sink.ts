import type { Duplex } from 'node:stream';
import type { Failure } from '../../forwarding/failure.js';
import type { ResponseHead } from '../head/response-head.js';

/**
 * Takes the answer of one instance as it arrives. Calls come in this order: `onConnect`, any number of `onInterim`, then
 * `onHead`, `onBody`…, `onEnd`, or `onTunnel`; `onFailure` ends it before the head, `onBroken` after it.
 */
export interface AnswerSink {
  readonly method: string;
  /** The protocol that the request asked to change to; `undefined`: no 101 is welcome. */
  readonly protocol: string | undefined;
  /** After the head: `onBody` takes the payload, not the chunks around it. */
  readonly takesPayload: boolean;
  readonly connectMs: number;
  readonly responseHeaderMs: number;
  readonly idleMs: number;

  /** The connection stands: the rest of the request's body may come. */
  onConnect(): void;
  /** 102 to 199 but 101. */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onBody(bytes: Buffer): void;
  /** Whether `onBody` of so many bytes holds on to them when it has returned. */
  keeps(count: number): boolean;
  /** Whether anything that `onBody` was given is still held. */
  readonly holds: boolean;
  /** Nothing more has arrived for now: what was held back to be written at once has to go. */
  onPause(): void;
  /** `tail` completes a chunked body that was passed as it came; `trailers` are its fields alone. */
  onEnd(tail: string, trailers: string): void;
  /** The instance has changed protocols; the socket is the sink's from now on, `first` came behind the 101. */
  onTunnel(head: ResponseHead, socket: Duplex, first: Buffer): void;
  onFailure(failure: Failure): void;
  onBroken(failure: Failure): void;
  /** More of the request's body may be sent. */
  onDrain(): void;
}

import type { Failure } from '../../forwarding/failure.js';
import type { Aside, AsideListener } from '../../forwarding/forwarder.js';
import type { ResponseHead } from '../head/response-head.js';
import type { AnswerSink } from './answer-sink.js';
import type { MovableSink, UpstreamConnection } from './upstream-connection.js';

/** Who takes an answer that was held. */
export interface Adopter extends Pick<AnswerSink, 'method' | 'connectMs' | 'responseHeaderMs' | 'idleMs'> {
  /** The connection is its own from now on; answers who takes what comes on it. */
  adopt(connection: UpstreamConnection): MovableSink;
}

const ignore = (): void => undefined;

/** An answer that nobody takes yet: its head is held until somebody does, which is at once or never. */
export class HeldAnswer implements MovableSink, Aside {
  readonly protocol = undefined;
  readonly takesPayload = false;
  /** No body waits for the connection, and hints may be of an answer that is never passed on. */
  readonly onConnect = ignore;
  readonly onInterim = ignore;
  /** What follows a head goes to whoever has adopted it, and a 101 that nobody asked for is a failure. */
  readonly onBody = ignore;
  readonly keeps = () => false;
  readonly holds = false;
  readonly onPause = ignore;
  readonly onEnd = ignore;
  readonly onTunnel = ignore;
  readonly onBroken = ignore;
  readonly onDrain = ignore;
  readonly method: string;
  readonly connectMs: number;
  readonly responseHeaderMs: number;
  readonly idleMs: number;
  private head: ResponseHead | undefined;

  /** Sends `request`, which has no body, on `connection`. */
  constructor(
    private readonly adopter: Adopter,
    private connection: UpstreamConnection,
    request: string,
    private readonly listener: AsideListener,
  ) {
    this.method = adopter.method;
    this.connectMs = adopter.connectMs;
    this.responseHeaderMs = adopter.responseHeaderMs;
    this.idleMs = adopter.idleMs;
    connection.send(this, request, undefined, true);
  }

  adopt(): void {
    const sink = this.adopter.adopt(this.connection);
    this.connection.handTo(sink);
    if (this.head) sink.onHead(this.head);
  }

  abort(): void {
    this.connection.destroy();
  }

  onMove(connection: UpstreamConnection): void {
    this.connection = connection;
  }

  onHead(head: ResponseHead): void {
    this.head = head;
    this.listener.onAnswer(head.status);
  }

  onFailure(failure: Failure): void {
    this.listener.onFailure(failure);
  }
}

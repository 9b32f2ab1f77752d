import type { Failure } from '../exchange/failure.js';
import type { HedgedAttempt, HedgeListener } from '../exchange/forwarder.js';
import type { ResponseHead } from '../http1/head/response-head.js';
import type { ResponseSink } from './response-sink.js';
import type { MovableSink, UpstreamConnection } from './upstream-connection.js';

/** Takes over the response of a hedged attempt. */
export interface HedgeAdopter extends Pick<
  ResponseSink,
  'method' | 'connectMs' | 'responseHeaderMs' | 'idleMs'
> {
  /** Takes ownership of the connection. Returns the sink for the rest of the response. */
  adopt(connection: UpstreamConnection): MovableSink;
}

const ignore = (): void => undefined;

/** A hedged attempt. Holds its response head until it is adopted; the listener adopts or aborts it immediately. */
export class HedgedResponse implements MovableSink, HedgedAttempt {
  readonly protocol = undefined;
  readonly wantsPayload = false;
  /** No request body waits for the connection. Interim responses are dropped: the final one may be discarded. */
  readonly onConnect = ignore;
  readonly onInterim = ignore;
  /** After the head the adopter receives the response, and a 101 is a failure, because `protocol` is undefined. */
  readonly onBody = ignore;
  readonly retains = () => false;
  readonly retainsBytes = false;
  readonly onPause = ignore;
  readonly onEnd = ignore;
  readonly onCut = ignore;
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
    private readonly adopter: HedgeAdopter,
    private connection: UpstreamConnection,
    request: string,
    private readonly listener: HedgeListener,
  ) {
    this.method = adopter.method;
    this.connectMs = adopter.connectMs;
    this.responseHeaderMs = adopter.responseHeaderMs;
    this.idleMs = adopter.idleMs;
    connection.send(this, request, undefined, true);
  }

  adopt(): void {
    const sink = this.adopter.adopt(this.connection);
    this.connection.replaceSink(sink);
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
    this.listener.onResponse(head.status, head.isDeclined);
  }

  onFailure(failure: Failure): void {
    this.listener.onFailure(failure);
  }
}

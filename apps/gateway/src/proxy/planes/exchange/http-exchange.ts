import type { Duplex } from 'node:stream';
import type { Problem } from '#contracts';
import type { Instance } from '../../../discovery/index.js';
import type { Attempt } from '../../exchange/exchange-state.js';
import { rejectedResponse, type Failure } from '../../exchange/failure.js';
import type { HedgedAttempt, HedgeListener, AttemptOutcome } from '../../exchange/forwarder.js';
import { isIdempotent } from '../../exchange/idempotent.js';
import { serverTiming } from '../../http1/rules/server-timing.js';
import { responseLines, type ResponseContext } from '../../http1/head/response-lines.js';
import { withoutConnectionFields } from '../../http1/head/request-lines.js';
import type { ResponseHead } from '../../http1/head/response-head.js';
import { joinTunnel } from '../../sockets/tunnel.js';
import { HedgedResponse, type HedgeAdopter } from '../../upstream/hedged-response.js';
import type { MovableSink, UpstreamConnection } from '../../upstream/upstream-connection.js';
import { FIRST_ATTEMPT, type UpstreamPool } from '../../upstream/upstream-pool.js';
import {
  Framing,
  responseFramingLine,
  framingFor,
  headEnd,
  statusLine,
} from '../../http1/head/response-framing.js';
import { endsConnection, ownLines, statusText } from '../../http1/head/own-reply.js';
import {
  editReply,
  editResponse,
  observeBody,
  observesBody,
  replaceResponse,
  withoutWithheld,
} from '../../pipeline/phases.js';
import { unexpectedError } from '../../exchange/problems.js';
import type { Reply } from '../../exchange/stage.js';
import { HttpRequest } from './http-request.js';
import type { BodyReceiver, ClientSide } from './client-side.js';

/** What the gateway sends in place of an instance's response of that status. */
interface Replacement {
  readonly reply: Reply | Problem;
  readonly status: number;
}

/** An exchange over HTTP/1: sends the request to an instance, and its response to the client as it arrives. */
export class HttpExchange<C extends ClientSide = ClientSide>
  extends HttpRequest<C>
  implements BodyReceiver, MovableSink, ResponseContext, Attempt, HedgeAdopter
{
  wantsPayload = false;
  /** Stages observe the payload. */
  private isObserved = false;
  /** What the gateway sends instead of the response of the instance. */
  private replacement: Replacement | undefined = undefined;
  private upstream: UpstreamConnection | undefined = undefined;
  private outcome: AttemptOutcome<HttpExchange> | undefined = undefined;

  get origin(): string {
    return this.instance?.url ?? '';
  }

  /** Starts an attempt at the instance of `pool`. */
  send(pool: UpstreamPool, outcome: AttemptOutcome<HttpExchange>): void {
    const text = this.requestText(this.instance as Instance, pool.origin.authority);
    this.outcome = outcome;
    this.attempt = this;
    const connection = this.isUpgrade
      ? pool.connect(true)
      : pool.acquire(this.isWhole && isIdempotent(this.method), this.attempts);
    this.upstream = connection;
    // An incomplete body waits for the connection: bytes that are not sent yet can go to another instance.
    if (!this.isWhole && connection.isConnecting) this.client.pauseBody();
    connection.send(this, text, this.bodySoFar, this.isWhole && this.tail === '');
    if (this.isWhole && this.tail !== '') connection.endBody(withoutWithheld(this, this.tail));
    if (!connection.isConnecting) this.onConnect();
  }

  /** Starts a hedged attempt at the instance of `pool`. */
  sendHedged(instance: Instance, pool: UpstreamPool, listener: HedgeListener): HedgedAttempt {
    const text = this.requestText(instance, pool.origin.authority);
    return new HedgedResponse(this, pool.acquire(true, FIRST_ATTEMPT), text, listener);
  }

  adopt(connection: UpstreamConnection): this {
    this.attempt = this;
    this.upstream = connection;
    return this;
  }

  /** Sends more of the request body. */
  sendBody(bytes: Buffer): void {
    this.bodyCopy?.sendBody(bytes);
    if (!this.upstream) return;
    if (!this.isBodyConsumed) this.retainBody(bytes);
    if (!this.upstream.sendBody(bytes)) this.client.pauseBody();
  }

  /** Called when the request body is complete. */
  endBody(tail: string): void {
    this.isWhole = true;
    this.tail = tail;
    this.bodyCopy?.endBody();
    this.upstream?.endBody(withoutWithheld(this, tail));
  }

  /** Called when the request body cannot be completed. */
  failBody(problem: Problem): void {
    this.attempt?.abort();
    this.reply(problem);
  }

  abort(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
  }

  reply(reply: Reply | Problem): void {
    this.sendReply(reply, true);
  }

  /** Sends a reply in place of the response of an instance. */
  replyInstead(reply: Reply | Problem): void {
    this.sendReply(reply, this.failure !== undefined);
  }

  /** @param isOwn no response of an instance led to the reply */
  private sendReply(reply: Reply | Problem, isOwn: boolean): void {
    if (this.isOver) return;
    if (this.status !== 0) {
      this.client.cutOff();
      return;
    }
    const [complete, lines] = editReply(this, reply, isOwn);
    const { status, body } = complete;
    this.status = status;
    this.keepsAlive &&= !endsConnection(reply) && !this.client.closesAfterwards;
    this.client.output.begin(
      statusLine(statusText(status)) + lines + ownLines(complete, this.requestId) + headEnd(this.keepsAlive),
      Framing.AsItComes,
    );
    if (this.method !== 'HEAD') {
      this.bytesSent = body.length;
      this.client.output.write(body);
    }
    this.client.output.end('', '');
    this.client.finish(this.keepsAlive);
  }

  cutOff(): void {
    this.client.cutOff();
  }

  onMove(connection: UpstreamConnection): void {
    this.upstream = connection;
  }

  onConnect(): void {
    if (this.isWhole) return;
    this.client.admitBody();
    this.client.resumeBody();
  }

  onInterim(head: ResponseHead): void {
    if (this.head.minor === 0) return;
    const fields = withoutConnectionFields(head.fields, head.connection);
    this.client.sendInterim(`${statusLine(head.statusText)}${fields}\r\n`);
  }

  onHead(head: ResponseHead): void {
    if (this.outcome?.accepts(this, head.status, head.isDeclined) === false) {
      this.abort();
      this.pauseBody();
      this.outcome.failed(this, rejectedResponse(head.status));
      return;
    }
    const { status, isDeclined, contentLength } = head;
    const received = responseLines(head, this);
    const reply = replaceResponse(this, { status, isOwn: false, lines: received, contentLength });
    if (reply) {
      this.replacement = { reply, status };
      // A response without a body ends now, and its connection can be used again.
      if (!head.hasBody(this.method)) return;
      this.abort();
      this.sendReplacement(this.replacement);
      return;
    }
    const lines = editResponse(this, { status, isOwn: false, isDeclined }, received, received);
    if (lines === undefined) {
      this.abort();
      this.reply(unexpectedError());
      return;
    }
    this.status = status;
    this.releaseBody();
    const framing = this.framingOf(head);
    this.keepsAlive &&= framing !== Framing.UntilClose && !this.client.closesAfterwards;
    const isPayload = this.client.output.begin(
      statusLine(head.statusText) +
        lines +
        this.timingLine() +
        responseFramingLine(head, framing) +
        headEnd(this.keepsAlive),
      framing,
    );
    this.wantsPayload = isPayload || this.isObserved;
  }

  onBody(bytes: Buffer): void {
    const { upstream } = this;
    if (this.isObserved) observeBody(this, bytes);
    if (!this.client.output.write(bytes)) {
      upstream?.pause();
      this.client.awaitDrain();
    }
    if (upstream) this.bytesSent = upstream.payloadBytes;
  }

  retains(count: number): boolean {
    return this.client.output.retains(count);
  }

  get retainsBytes(): boolean {
    return this.client.output.retainsBytes;
  }

  /** Whether bytes of the request body that were passed to this exchange are still in use. */
  get retainsBody(): boolean {
    return this.body !== undefined || this.replay !== undefined || (this.upstream?.retainsBytes ?? true);
  }

  onPause(): void {
    this.client.output.flush();
  }

  onEnd(tail: string, trailers: string): void {
    this.upstream = undefined;
    if (this.replacement) {
      this.sendReplacement(this.replacement);
      return;
    }
    this.client.output.end(tail, trailers);
    this.outcome?.completed(this);
    this.client.finish(this.keepsAlive);
  }

  onCut(tail: string | undefined): void {
    this.upstream = undefined;
    if (tail === undefined) {
      this.client.cutOff();
      return;
    }
    // No failure, and not complete: a cache must not store it.
    this.ending = 'client-left';
    this.client.output.end(tail, '');
    this.outcome?.completed(this);
    this.client.finish(this.keepsAlive);
  }

  onTunnel(head: ResponseHead, upstream: Duplex, first: Buffer): void {
    this.upstream = undefined;
    const { status } = head;
    const received = responseLines(head, this);
    const lines = editResponse(this, { status, isOwn: false, isDeclined: false }, received, received);
    if (lines === undefined) {
      upstream.destroy();
      this.reply(unexpectedError());
      return;
    }
    this.status = status;
    this.attempt = { abort: () => upstream.destroy() };
    this.outcome?.tunnelled(this);
    const { socket, rest } = this.client.detach();
    const upgrade = `connection: Upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n`;
    socket.write(`${statusLine(head.statusText)}${upgrade}${lines}\r\n`, 'latin1');
    joinTunnel(
      { socket, first: rest },
      { socket: upstream, first },
      {
        onResponseBytes: (count) => (this.bytesSent += count),
        onEnd: () => this.outcome?.completed(this),
      },
    );
  }

  onFailure(failure: Failure): void {
    this.upstream = undefined;
    this.pauseBody();
    this.outcome?.failed(this, failure);
  }

  onBroken(failure: Failure): void {
    this.upstream = undefined;
    this.outcome?.broken(this, failure);
    // Not for HTTP/1.0: a reset right after the head may look like the end of a response without a length.
    if (!this.isHttp10) this.client.output.flush();
    this.client.cutOff();
  }

  onDrain(): void {
    this.client.resumeBody();
  }

  /** Called when the client can take more of the response. */
  onClientDrain(): void {
    this.upstream?.resume();
  }

  /** The `Server-Timing` line, if the client requests it. */
  timingLine(): string {
    const timing = this.head.requestsTiming ? serverTiming(this) : undefined;
    return timing === undefined ? '' : `server-timing: ${timing}\r\n`;
  }

  private sendReplacement({ reply, status }: Replacement): void {
    this.pauseBody();
    this.outcome?.replaced(this, status);
    this.replyInstead(reply);
  }

  /** Pauses the request body: the attempt is over, and the rest belongs to the next one. */
  private pauseBody(): void {
    if (!this.isWhole) this.client.pauseBody();
  }

  /** How the body is sent. Stages that observe it need the payload without the chunks of the instance. */
  private framingOf(head: ResponseHead): Framing {
    const framing = framingFor(head, this.method, this.head.minor);
    this.isObserved = observesBody(this);
    const isRechunked = this.isObserved && framing === Framing.AsItComes && head.isChunked;
    return isRechunked && head.hasBody(this.method) ? Framing.Chunks : framing;
  }
}

import type { Duplex } from 'node:stream';
import type { Problem } from '#contracts';
import { pathOf } from '#service-kit';
import type { ResponseContext } from '../../http1/rules/response-headers.js';
import type { Attempt } from '../../exchange/forwarder.js';
import { failureOf, type Failure } from '../../exchange/failure.js';
import type { HedgedAttempt, HedgeListener, AttemptOutcome } from '../../exchange/forwarder.js';
import { isIdempotent } from '../../exchange/idempotent.js';
import { serverTiming } from '../../http1/rules/server-timing.js';
import { responseLines, withoutTrailer } from '../../http1/head/response-lines.js';
import { withoutConnectionFields } from '../../http1/head/request-lines.js';
import type { ResponseHead } from '../../http1/head/response-head.js';
import { joinTunnel } from '../../sockets/tunnel.js';
import { HedgedResponse, type HedgeAdopter } from '../../upstream/hedged-response.js';
import type { MovableSink, UpstreamConnection } from '../../upstream/upstream-connection.js';
import { FIRST_ATTEMPT, type UpstreamPool } from '../../upstream/upstream-pool.js';
import type { BodyReceiver } from './incoming-body.js';
import {
  Framing,
  responseFramingLine,
  framingFor,
  headEnd,
  statusLine,
} from '../../http1/head/response-framing.js';
import { problemBody, problemHead } from '../../http1/head/problem-response.js';
import { WireRequest } from './wire-request.js';

/** An exchange whose downstream side is a socket: writes the upstream response to the client as it arrives. */
export class WireExchange
  extends WireRequest
  implements BodyReceiver, MovableSink, ResponseContext, Attempt, HedgeAdopter
{
  wantsPayload = false;
  private hasResponded = false;
  private upstream: UpstreamConnection | undefined = undefined;
  private outcome: AttemptOutcome<WireExchange> | undefined = undefined;

  get origin(): string {
    return this.instance?.url ?? '';
  }

  /** Starts an attempt at the instance of `pool`. */
  send(pool: UpstreamPool, outcome: AttemptOutcome<WireExchange>): void {
    this.outcome = outcome;
    this.attempt = this;
    const connection = this.isUpgrade
      ? pool.connect(true)
      : pool.acquire(this.isWhole && isIdempotent(this.method), this.attempts);
    this.upstream = connection;
    // An incomplete body waits for the connection: bytes that are not sent yet can go to another instance.
    if (!this.isWhole && connection.isConnecting) this.client.pauseBody();
    connection.send(
      this,
      this.requestText(pool.origin.authority),
      this.bodySoFar,
      this.isWhole && this.tail === '',
    );
    if (this.isWhole && this.tail !== '') connection.endBody(this.tail);
    if (!connection.isConnecting) this.onConnect();
  }

  /** Starts a hedged attempt at the instance of `pool`. */
  sendAside(pool: UpstreamPool, listener: HedgeListener): HedgedAttempt {
    return new HedgedResponse(
      this,
      pool.acquire(true, FIRST_ATTEMPT),
      this.requestText(pool.origin.authority),
      listener,
    );
  }

  adopt(connection: UpstreamConnection): this {
    this.attempt = this;
    this.upstream = connection;
    return this;
  }

  /** Sends more of the request body. */
  sendBody(bytes: Buffer): void {
    if (!this.upstream) return;
    if (!this.isBodyConsumed) this.retainBody(bytes, this.hasResponded);
    if (!this.upstream.sendBody(bytes)) this.client.pauseBody();
  }

  /** Called when the request body is complete. */
  endBody(tail: string): void {
    this.isWhole = true;
    this.tail = tail;
    this.upstream?.endBody(tail);
  }

  /** Called when the request body cannot be completed. */
  failBody(problem: Problem): void {
    this.abort();
    this.reply(problem);
  }

  abort(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
  }

  reply(problem: Problem): void {
    if (this.isOver) return;
    if (this.hasResponded) {
      this.client.cutOff();
      return;
    }
    this.hasResponded = true;
    this.status = problem.status;
    this.problemCode = problem.code;
    this.keepsAlive &&= problem.headers.connection !== 'close' && !this.client.closesAfterwards;
    const body = problemBody(problem, pathOf(this.target), this.requestId);
    this.client.response.begin(problemHead(problem, body.length, this), Framing.AsItComes);
    if (this.method !== 'HEAD') {
      this.bytesSent = body.length;
      this.client.response.write(body);
    }
    this.client.response.end('');
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
      this.outcome.failed(this, failureOf('gateway-error'));
      return;
    }
    this.hasResponded = true;
    this.status = head.status;
    this.releaseBody();
    const framing = framingFor(head, this.method, this.head.minor);
    this.wantsPayload = framing === Framing.UntilClose;
    this.keepsAlive &&= framing !== Framing.UntilClose && !this.client.closesAfterwards;
    const lines = responseLines(head, this);
    this.client.response.begin(
      statusLine(head.statusText) +
        (this.wantsPayload ? withoutTrailer(lines) : lines) +
        this.ownLines() +
        responseFramingLine(head, framing) +
        headEnd(this.keepsAlive),
      framing,
    );
  }

  onBody(bytes: Buffer): void {
    const { upstream } = this;
    if (!this.client.response.write(bytes)) {
      upstream?.pause();
      this.client.awaitDrain();
    }
    if (upstream) this.bytesSent = upstream.payloadBytes;
  }

  retains(count: number): boolean {
    return this.client.response.retains(count);
  }

  get retainsBytes(): boolean {
    return this.client.response.retainsBytes;
  }

  /** Whether bytes of the request body that were passed to this exchange are still in use. */
  get retainsBody(): boolean {
    return this.body !== undefined || this.replay !== undefined || (this.upstream?.retainsBytes ?? true);
  }

  onPause(): void {
    this.client.response.flush();
  }

  onEnd(tail: string): void {
    this.upstream = undefined;
    this.client.response.end(tail);
    this.outcome?.completed(this);
    this.client.finish(this.keepsAlive);
  }

  onTunnel(head: ResponseHead, upstream: Duplex, first: Buffer): void {
    this.upstream = undefined;
    this.hasResponded = true;
    this.status = head.status;
    this.attempt = { abort: () => upstream.destroy() };
    this.outcome?.tunnelled(this);
    const { socket, rest } = this.client.detach();
    const upgrade = `connection: Upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n`;
    socket.write(`${statusLine(head.statusText)}${upgrade}${responseLines(head, this)}\r\n`, 'latin1');
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
    if (!this.isHttp10) this.client.response.flush();
    this.client.cutOff();
  }

  onDrain(): void {
    this.client.resumeBody();
  }

  /** Called when the client can take more of the response. */
  onClientDrain(): void {
    this.upstream?.resume();
  }

  /** Pauses the request body: the attempt is over, and the rest belongs to the next one. */
  private pauseBody(): void {
    if (!this.isWhole) this.client.pauseBody();
  }

  /** The response field lines that depend on this request. */
  private ownLines(): string {
    const timing = this.head.requestsTiming ? serverTiming(this) : undefined;
    const cookie = this.affinityCookie;
    return (
      (timing === undefined ? '' : `server-timing: ${timing}\r\n`) +
      (cookie === undefined ? '' : `set-cookie: ${cookie}\r\n`)
    );
  }
}

import type { Duplex } from 'node:stream';
import type { Problem } from '#contracts';
import { pathOf } from '#service-kit';
import type { AnswerFacts } from '../../http1/rules/response-headers.js';
import type { Attempt } from '../../exchange/attempt.js';
import { failureOf, type Failure } from '../../exchange/failure.js';
import type { Aside, AsideListener, AttemptOutcome } from '../../exchange/forwarder.js';
import { isIdempotent } from '../../exchange/idempotent.js';
import { serverTiming } from '../../http1/rules/server-timing.js';
import { answerLines, withoutTrailer } from '../../http1/head/response-lines.js';
import { withoutConnectionFields } from '../../http1/head/request-lines.js';
import type { ResponseHead } from '../../http1/head/response-head.js';
import { joinTunnel } from '../../sockets/tunnel.js';
import { HeldAnswer, type Adopter } from '../../upstream/hedged-response.js';
import type { MovableSink, UpstreamConnection } from '../../upstream/upstream-connection.js';
import { FIRST_ATTEMPT, type UpstreamPool } from '../../upstream/upstream-pool.js';
import type { BodyTaker } from './incoming-body.js';
import { answerFramingLine, framingFor, headEnd, statusLine } from '../../http1/head/response-framing.js';
import { Framing } from './response-writer.js';
import { problemBody, problemHead } from '../../http1/head/problem-response.js';
import { WireRequest } from './wire-request.js';

/** An exchange whose downstream side is a socket: writes the upstream response to the client as it arrives. */
export class WireExchange
  extends WireRequest
  implements BodyTaker, MovableSink, AnswerFacts, Attempt, Adopter
{
  takesPayload = false;
  private isAnswered = false;
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
      : pool.take(this.isWhole && isIdempotent(this.method), this.attempts);
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
  sendAside(pool: UpstreamPool, listener: AsideListener): Aside {
    return new HeldAnswer(
      this,
      pool.take(true, FIRST_ATTEMPT),
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
    if (!this.isBodyConsumed) this.keepBody(bytes, this.isAnswered);
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
    if (this.isAnswered) {
      this.client.cutOff();
      return;
    }
    this.isAnswered = true;
    this.status = problem.status;
    this.problemCode = problem.code;
    this.keepsAlive &&= problem.headers.connection !== 'close' && !this.client.closesAfterwards;
    const body = problemBody(problem, pathOf(this.target), this.requestId);
    this.client.answer.begin(problemHead(problem, body.length, this), Framing.AsItComes);
    if (this.method !== 'HEAD') {
      this.bytesSent = body.length;
      this.client.answer.write(body);
    }
    this.client.answer.end('');
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
      this.holdBody();
      this.outcome.failed(this, failureOf('gateway-error'));
      return;
    }
    this.isAnswered = true;
    this.status = head.status;
    this.letBodyGo();
    const framing = framingFor(head, this.method, this.head.minor);
    this.takesPayload = framing === Framing.UntilClose;
    this.keepsAlive &&= framing !== Framing.UntilClose && !this.client.closesAfterwards;
    const lines = answerLines(head, this);
    this.client.answer.begin(
      statusLine(head.statusText) +
        (this.takesPayload ? withoutTrailer(lines) : lines) +
        this.ownLines() +
        answerFramingLine(head, framing) +
        headEnd(this.keepsAlive),
      framing,
    );
  }

  onBody(bytes: Buffer): void {
    const { upstream } = this;
    if (!this.client.answer.write(bytes)) {
      upstream?.pause();
      this.client.awaitDrain();
    }
    if (upstream) this.bytesSent = upstream.payloadBytes;
  }

  keeps(count: number): boolean {
    return this.client.answer.keeps(count);
  }

  get holds(): boolean {
    return this.client.answer.holds;
  }

  /** Whether bytes of the request body that were passed to this exchange are still in use. */
  get holdsBody(): boolean {
    return this.body !== undefined || this.kept !== undefined || (this.upstream?.holds ?? true);
  }

  onPause(): void {
    this.client.answer.flush();
  }

  onEnd(tail: string): void {
    this.upstream = undefined;
    this.client.answer.end(tail);
    this.outcome?.completed(this);
    this.client.finish(this.keepsAlive);
  }

  onTunnel(head: ResponseHead, upstream: Duplex, first: Buffer): void {
    this.upstream = undefined;
    this.isAnswered = true;
    this.status = head.status;
    this.attempt = { abort: () => upstream.destroy() };
    this.outcome?.tunnelled(this);
    const { socket, rest } = this.client.detach();
    const upgrade = `connection: Upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n`;
    socket.write(`${statusLine(head.statusText)}${upgrade}${answerLines(head, this)}\r\n`, 'latin1');
    joinTunnel(
      { socket, first: rest },
      { socket: upstream, first },
      {
        onAnswerBytes: (count) => (this.bytesSent += count),
        onEnd: () => this.outcome?.completed(this),
      },
    );
  }

  onFailure(failure: Failure): void {
    this.upstream = undefined;
    this.holdBody();
    this.outcome?.failed(this, failure);
  }

  onBroken(failure: Failure): void {
    this.upstream = undefined;
    this.outcome?.broken(this, failure);
    // Not for HTTP/1.0: a reset right after the head may look like the end of a response without a length.
    if (!this.isHttp10) this.client.answer.flush();
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
  private holdBody(): void {
    if (!this.isWhole) this.client.pauseBody();
  }

  /** The response field lines that depend on this request. */
  private ownLines(): string {
    const timing = this.head.asksForTiming ? serverTiming(this) : undefined;
    const cookie = this.affinityCookie;
    return (
      (timing === undefined ? '' : `server-timing: ${timing}\r\n`) +
      (cookie === undefined ? '' : `set-cookie: ${cookie}\r\n`)
    );
  }
}

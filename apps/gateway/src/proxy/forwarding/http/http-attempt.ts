import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { NodeExchange } from '../../entrance/node-exchange.js';
import type { Attempt } from '../attempt.js';
import { failureOf, type FailureKind } from '../failure.js';
import type { AttemptOutcome } from '../forwarder.js';
import { addTrailers, isFinal, passInformation, textOf, usesUnknownCoding } from './answer-parts.js';
import { RequestBody } from './request-body.js';
import { openTunnel } from './tunnel.js';
import { upstreamFailure } from './upstream-failure.js';
import type { Upstream } from './upstreams.js';

/** One try at one instance over HTTP: undici's handler on one side, node's response on the other. */
export class HttpAttempt implements Attempt, Dispatcher.DispatchHandler {
  private readonly body: RequestBody | null;
  private cancel: ((reason?: Error) => void) | undefined;
  private isConnected = false;
  private isOver = false;
  private isFlushed = false;

  constructor(
    private readonly exchange: NodeExchange,
    private readonly outcome: AttemptOutcome<NodeExchange>,
  ) {
    this.body = exchange.hasBody && !exchange.isUpgrade ? new RequestBody(exchange) : null;
  }

  start({ pool, authority }: Upstream): void {
    const { exchange, body } = this;
    const timeouts = exchange.route?.policy.timeouts;
    pool.dispatch(
      {
        method: exchange.method,
        path: exchange.upstreamTarget,
        headers: ['host', authority, ...exchange.instanceHeaders()],
        body,
        upgrade: exchange.isUpgrade ? (exchange.header('upgrade') ?? null) : null,
        headersTimeout: timeouts?.responseHeaderMs ?? null,
        bodyTimeout: timeouts?.idleMs ?? null,
      },
      this,
    );
  }

  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancel?.();
    this.body?.destroy();
  }

  onConnect(cancel: (reason?: Error) => void): void {
    if (this.isOver) {
      cancel();
      return;
    }
    this.cancel = cancel;
    this.isConnected = true;
  }

  onHeaders(status: number, fields: Buffer[], resume: () => void, message: string): boolean {
    if (this.isOver) return true;
    const raw = textOf(fields);
    if (!isFinal(status)) return this.passInformation(status, raw);
    if (usesUnknownCoding(raw)) return this.refuse('protocol-error');
    if (!this.outcome.accepts(this.exchange, status)) return this.refuse('gateway-error');
    this.exchange.sendHead(status, message, raw);
    this.resume = resume;
    // A small answer leaves in one packet with its head; an event stream's head must not wait for the first event.
    process.nextTick(() => this.flush());
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.isOver) return true;
    this.isFlushed = true;
    this.exchange.bytesSent += chunk.length;
    if (this.exchange.response.write(chunk)) return true;
    this.exchange.response.once('drain', this.resume);
    return false;
  }

  onComplete(trailers: readonly (Buffer | string)[] | null): void {
    if (this.isOver) return;
    this.isOver = this.isFlushed = true;
    const { response } = this.exchange;
    if (trailers && trailers.length > 0) addTrailers(response, textOf(trailers));
    response.end();
    this.outcome.completed(this.exchange);
  }

  onUpgrade(status: number, fields: Buffer[] | string[] | null, socket: Duplex): void {
    if (this.isOver) {
      socket.destroy();
      return;
    }
    this.isOver = true;
    this.exchange.attempt = { abort: () => socket.destroy() };
    openTunnel(this.exchange, { status, raw: textOf(fields ?? []), socket }, this.outcome);
  }

  onError(error: Error): void {
    if (this.isOver) return;
    this.isOver = this.isFlushed = true;
    this.body?.destroy();
    const failure = upstreamFailure(error, this.isConnected);
    if (!this.exchange.response.headersSent) {
      this.outcome.failed(this.exchange, failure);
      return;
    }
    this.exchange.cutOff();
    this.outcome.broken(this.exchange, failure);
  }

  private resume: () => void = () => undefined;

  private flush(): void {
    if (this.isFlushed) return;
    this.isFlushed = true;
    this.exchange.response.flushHeaders();
  }

  /** What came is no answer to this request, or one that is not wanted. */
  private refuse(why: FailureKind): boolean {
    this.abort();
    this.outcome.failed(this.exchange, failureOf(why));
    return true;
  }

  private passInformation(status: number, raw: readonly string[]): boolean {
    // A 101 that was asked for comes by onUpgrade.
    if (status === 101) return this.refuse('protocol-error');
    passInformation(this.exchange.response, status, raw);
    return true;
  }
}

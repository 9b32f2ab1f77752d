import type { Duplex } from 'node:stream';
import type { NodeExchange } from './node-exchange.js';
import { plainResponse } from '../../sockets/node-internals.js';
import { isIdempotent } from '../../exchange/idempotent.js';
import { responseLines } from '../../http1/head/response-lines.js';
import { flatFields } from '../../http1/head/flat-fields.js';
import { linesOf, withoutConnectionFields } from '../../http1/head/request-lines.js';
import type { ResponseHead } from '../../http1/head/response-head.js';
import { joinTunnel } from '../../sockets/tunnel.js';
import { HedgedResponse, type HedgeAdopter } from '../../upstream/hedged-response.js';
import type { MovableSink, UpstreamConnection } from '../../upstream/upstream-connection.js';
import { FIRST_ATTEMPT, type UpstreamPool } from '../../upstream/upstream-pool.js';
import type { Attempt } from '../../exchange/exchange-state.js';
import { failureOf, type Failure } from '../../exchange/failure.js';
import type { HedgedAttempt, HedgeListener, AttemptOutcome } from '../../exchange/forwarder.js';
import { editRequest, observeBody, observesBody } from '../../pipeline/phases.js';
import { RequestBody } from './request-body.js';

/** One attempt at one instance over HTTP, between node's request and response and an upstream connection. */
export class HttpAttempt implements Attempt, MovableSink, HedgeAdopter {
  readonly wantsPayload = true;
  /** Node's response may still hold body bytes, uncopied, after `onBody` returns. */
  readonly retainsBytes = true;
  private readonly body: RequestBody | undefined;
  private connection: UpstreamConnection | undefined;
  private awaitsDrain = false;
  /** Stages observe the payload. */
  private isObserved = false;
  private readonly onClientDrain = (): void => {
    this.awaitsDrain = false;
    this.connection?.resume();
  };

  constructor(
    private readonly exchange: NodeExchange,
    private readonly outcome: AttemptOutcome<NodeExchange>,
  ) {
    this.body = exchange.hasBody && !exchange.isUpgrade ? new RequestBody(exchange) : undefined;
  }

  start(pool: UpstreamPool): void {
    const { isUpgrade, attempts } = this.exchange;
    const text = this.requestText(pool.origin.authority);
    const connection = isUpgrade
      ? pool.connect(true)
      : pool.acquire(!this.body && isIdempotent(this.method), attempts);
    this.connection = connection;
    connection.send(this, text, undefined, !this.body);
    if (!connection.isConnecting) this.onConnect();
  }

  /** Starts a hedged attempt, without a body. */
  startHedged(pool: UpstreamPool, listener: HedgeListener): HedgedAttempt {
    const text = this.requestText(pool.origin.authority);
    return new HedgedResponse(this, pool.acquire(true, FIRST_ATTEMPT), text, listener);
  }

  adopt(connection: UpstreamConnection): this {
    this.exchange.attempt = this;
    this.connection = connection;
    return this;
  }

  get method(): string {
    return this.exchange.method;
  }

  get protocol(): string | undefined {
    return this.exchange.isUpgrade ? this.exchange.header('upgrade') : undefined;
  }

  get connectMs(): number {
    return this.exchange.route?.policy.timeouts.connectMs ?? 0;
  }

  get responseHeaderMs(): number {
    return this.exchange.route?.policy.timeouts.responseHeaderMs ?? 0;
  }

  get idleMs(): number {
    return this.exchange.route?.policy.timeouts.idleMs ?? 0;
  }

  abort(): void {
    this.release()?.destroy();
  }

  onMove(connection: UpstreamConnection): void {
    this.connection = connection;
  }

  onConnect(): void {
    if (this.connection) this.body?.flow(this.connection);
  }

  onInterim(head: ResponseHead): void {
    const fields = withoutConnectionFields(head.fields, head.connection);
    this.exchange.sendInterim(`HTTP/1.1 ${head.statusText}\r\n${fields}\r\n`);
  }

  onHead(head: ResponseHead): void {
    if (!this.outcome.accepts(this.exchange, head.status, head.isDeclined)) {
      this.abort();
      this.outcome.failed(this.exchange, failureOf('gateway-error'));
      return;
    }
    this.isObserved = observesBody(this.exchange);
    this.exchange.sendHead(head);
  }

  onBody(bytes: Buffer): void {
    const { response } = this.exchange;
    this.exchange.bytesSent += bytes.length;
    if (this.isObserved) observeBody(this.exchange, bytes);
    if (plainResponse.write.call(response, bytes)) return;
    this.connection?.pause();
    this.exchange.awaitDrain();
    // One read may deliver many chunks while the response is full; one listener is enough.
    if (this.awaitsDrain) return;
    this.awaitsDrain = true;
    response.once('drain', this.onClientDrain);
  }

  retains(): boolean {
    return true;
  }

  onPause(): void {
    // The head of an event stream must not wait for the first event.
    if (this.exchange.bytesSent === 0) plainResponse.flushHeaders.call(this.exchange.response);
  }

  onEnd(_tail: string, trailers: string): void {
    this.release();
    const { response } = this.exchange;
    if (trailers !== '') plainResponse.addTrailers.call(response, pairs(flatFields(trailers)));
    plainResponse.end.call(response);
    this.outcome.completed(this.exchange);
  }

  onTunnel(head: ResponseHead, upstream: Duplex, first: Buffer): void {
    this.release();
    const { exchange, outcome } = this;
    const client = exchange.request.socket;
    exchange.response.detachSocket(client);
    client.setTimeout(0);
    exchange.status = head.status;
    exchange.attempt = { abort: () => upstream.destroy() };
    outcome.tunnelled(exchange);
    const upgrade = `connection: Upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n`;
    const lines = responseLines(head, exchange.responseContext());
    client.write(`HTTP/1.1 ${head.statusText}\r\n${upgrade}${lines}\r\n`, 'latin1');
    joinTunnel(
      { socket: client, first: exchange.context.upgradeHead },
      { socket: upstream, first },
      {
        onResponseBytes: (count) => (exchange.bytesSent += count),
        onEnd: () => outcome.completed(exchange),
      },
    );
  }

  onFailure(failure: Failure): void {
    this.release();
    this.outcome.failed(this.exchange, failure);
  }

  onBroken(failure: Failure): void {
    this.release();
    this.exchange.cutOff();
    this.outcome.broken(this.exchange, failure);
  }

  onDrain(): void {
    this.body?.resume();
  }

  private release(): UpstreamConnection | undefined {
    const { connection } = this;
    this.connection = undefined;
    this.body?.stop();
    return connection;
  }

  private requestText(authority: string): string {
    const { exchange } = this;
    const edited = editRequest(exchange, authority, linesOf(exchange.addInstanceFields([])));
    return (
      `${exchange.method} ${edited.target} HTTP/1.1\r\nhost: ${edited.host}\r\n` +
      (exchange.isUpgrade ? `connection: upgrade\r\nupgrade: ${exchange.header('upgrade') ?? ''}\r\n` : '') +
      (exchange.header('transfer-encoding') === undefined ? '' : 'transfer-encoding: chunked\r\n') +
      `${edited.lines}\r\n`
    );
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return list;
}

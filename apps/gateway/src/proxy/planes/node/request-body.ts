import type { NodeExchange } from './node-exchange.js';
import { isTrailer, trailerFault } from '../../http1/body/trailer-fields.js';
import { trailersTooLarge } from '../../http1/body/body-problems.js';
import type { UpstreamConnection } from '../../upstream/upstream-connection.js';

/**
 * Sends the request body to one connection; the body stays unread in the request until a connection can accept it.
 */
export class RequestBody {
  private connection: UpstreamConnection | undefined;
  private readonly isChunked: boolean;

  constructor(private readonly exchange: NodeExchange) {
    this.isChunked = exchange.request.headers['transfer-encoding'] !== undefined;
  }

  /** Sends the part that an earlier connection received, if it was kept, and then the rest as it arrives. */
  flow(connection: UpstreamConnection): void {
    this.connection = connection;
    const { request, replayBody: keptBody } = this.exchange;
    this.exchange.admitBody();
    const goesOn = !keptBody || this.pass(keptBody.following(undefined));
    // The request has already emitted `end`.
    if (request.readableEnded) this.onEnd();
    else request.on('data', this.onChunk).on('end', this.onEnd);
    if (goesOn) request.resume();
  }

  /** The connection accepts more data. */
  resume(): void {
    if (this.connection) this.exchange.request.resume();
  }

  /** The rest waits for the next attempt, or is discarded when the exchange ends. */
  stop(): void {
    if (!this.connection) return;
    this.connection = undefined;
    this.exchange.request.off('data', this.onChunk).off('end', this.onEnd).pause();
  }

  private readonly onChunk = (chunk: Buffer): void => {
    this.exchange.retainBody(chunk);
    if (!this.pass(chunk)) this.exchange.request.pause();
  };

  /** Returns `false` if the connection applies backpressure. */
  private pass(chunk: Buffer): boolean {
    if (!this.connection) return true;
    return this.isChunked ? this.connection.sendChunk(chunk) : this.connection.sendBody(chunk);
  }

  private readonly onEnd = (): void => {
    const fault = trailerFault(this.exchange.request.rawTrailers);
    if (fault) this.exchange.failBody(trailersTooLarge(fault));
    else this.connection?.endBody(this.isChunked ? `0\r\n${this.trailers()}\r\n` : '');
  };

  private trailers(): string {
    const raw = this.exchange.request.rawTrailers;
    let lines = '';
    for (let i = 0; i < raw.length; i += 2) {
      const [name = '', value = ''] = raw.slice(i, i + 2);
      if (isTrailer(name)) lines += `${name}: ${value}\r\n`;
    }
    return lines;
  }
}

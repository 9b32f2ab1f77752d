import { Readable } from 'node:stream';
import type { NodeExchange } from '../../entrance/node-exchange.js';

/**
 * The body of a request on its way to one attempt. Stands between node's request and undici, which destroys the body
 * stream of a failed attempt: destroying the request itself would take the client's connection along.
 */
export class RequestBody extends Readable {
  private isReading = false;

  constructor(private readonly exchange: NodeExchange) {
    super();
  }

  override _read(): void {
    const { request } = this.exchange;
    if (!this.isReading) {
      this.isReading = true;
      this.exchange.admitBody();
      request.on('data', this.onChunk).on('end', this.onEnd);
    }
    request.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { request } = this.exchange;
    if (this.isReading) {
      request.off('data', this.onChunk).off('end', this.onEnd);
      // The rest waits for the next attempt, or is thrown away when the exchange ends.
      request.pause();
    }
    callback(error);
  }

  private readonly onChunk = (chunk: Buffer): void => {
    this.exchange.isBodyConsumed = true;
    if (!this.push(chunk)) this.exchange.request.pause();
  };

  private readonly onEnd = (): void => {
    this.push(null);
  };
}

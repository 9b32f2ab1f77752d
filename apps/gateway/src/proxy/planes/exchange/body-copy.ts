import { ChunkedReader } from '../../http1/body/chunked-reader.js';
import type { BodyReceiver } from './client-side.js';

/** Copies the payload of a request body while it passes. */
export class BodyCopy implements BodyReceiver {
  private pieces: Buffer[] = [];
  private length = 0;
  private isOver = false;
  private readonly chunks: ChunkedReader | undefined;

  /**
   * @param limit maximum bytes of payload that are kept
   * @param onEnd called once: with the complete payload, or with `undefined` when it exceeds the limit
   */
  constructor(
    isChunked: boolean,
    private readonly limit: number,
    private readonly onEnd: (payload: Buffer | undefined) => void,
  ) {
    this.chunks = isChunked ? new ChunkedReader() : undefined;
  }

  receiveFirst(bytes: Buffer | undefined, isWhole: boolean): void {
    if (bytes) this.sendBody(bytes);
    if (isWhole) this.endBody();
  }

  /** Receives a part of the body with its framing. */
  sendBody(bytes: Buffer): void {
    if (this.isOver) return;
    if (this.chunks) this.chunks.read(bytes, 0, this.add);
    else this.add(bytes);
  }

  /** Receives a part of the payload. */
  readonly add = (payload: Buffer): void => {
    if (this.isOver) return;
    this.length += payload.length;
    if (this.length <= this.limit) this.pieces.push(payload);
    else this.end(undefined);
  };

  endBody(): void {
    if (!this.isOver) this.end(Buffer.concat(this.pieces));
  }

  private end(payload: Buffer | undefined): void {
    this.isOver = true;
    this.pieces = [];
    this.onEnd(payload);
  }
}

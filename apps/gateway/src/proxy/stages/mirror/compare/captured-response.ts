import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { UpstreamResponse } from '../../../exchange/stage.js';
import { fieldOf } from '../../../http1/head/field-lines.js';

/** Maximum bytes of a body that is compared, as sent and without its content coding. */
export const MAX_COMPARED = 256 * 1024;

const DECODERS: Readonly<Record<string, (coded: Buffer) => Promise<Buffer>>> = {
  gzip: (coded) => promisify(gunzip)(coded, { maxOutputLength: MAX_COMPARED }),
  deflate: (coded) => promisify(inflate)(coded, { maxOutputLength: MAX_COMPARED }),
  br: (coded) => promisify(brotliDecompress)(coded, { maxOutputLength: MAX_COMPARED }),
};

/** The response to a request, kept for a comparison. */
export class CapturedResponse {
  status = 0;
  private pieces: Buffer[] = [];
  private length = 0;
  private coding = 'identity';
  private isUsable = true;

  /** An instance has responded, and its body so far is small enough. */
  get isComparable(): boolean {
    return this.isUsable && this.status > 0;
  }

  begin({ status, isOwn, lines, contentLength }: UpstreamResponse): void {
    this.status = status;
    // Requests with conditions are not compared: the cache has asked whether its stored response is still valid.
    this.isUsable &&= !isOwn && status !== 304 && contentLength <= MAX_COMPARED;
    this.coding = fieldOf(`\r\n${lines}`, 'content-encoding')?.toLowerCase() ?? 'identity';
  }

  /** Keeps payload, which may be overwritten after the call. */
  add(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length <= MAX_COMPARED) this.pieces.push(Buffer.from(bytes));
    else this.discard();
  }

  /** Keeps no more. */
  discard(): void {
    this.isUsable = false;
    this.pieces = [];
  }

  /** The body without its content coding. @throws Error if it cannot be decoded or is too large */
  async body(): Promise<Buffer> {
    const coded = Buffer.concat(this.pieces);
    const decode = coded.length > 0 ? DECODERS[this.coding] : undefined;
    return decode ? decode(coded) : coded;
  }
}

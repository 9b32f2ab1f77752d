import { BodyReader } from '../http1/body/body-reader.js';
import type { PayloadSink } from '../http1/body/chunked-reader.js';
import { HeadReader } from '../http1/head/head-reader.js';
import { parseResponseHead } from '../http1/head/parse-response-head.js';
import type { ResponseHead } from '../http1/head/response-head.js';

const MAX_INTERIM_RESPONSES = 16;

/** Reads the responses on an upstream connection, one after another. */
export class ResponseReader {
  readonly body = new BodyReader();
  private readonly heads = new HeadReader();
  private interimResponses = 0;

  /** @param take receives bodies piece by piece */
  constructor(private readonly take: PayloadSink) {}

  /** Offset after the head in the bytes of the last {@link readHead}. */
  get headEnd(): number {
    return this.heads.end;
  }

  /** Called when another request has been sent. */
  begin(): void {
    this.interimResponses = 0;
  }

  /**
   * Returns the next head, or `undefined` if it continues after `bytes`.
   * @throws Error for an invalid head or too many interim responses
   */
  readHead(bytes: Buffer, from: number): ResponseHead | undefined {
    const text = this.heads.read(bytes, from);
    if (text === undefined) return undefined;
    const head = parseResponseHead(text);
    if (head.isInterim) this.countInterim();
    return head;
  }

  /** Prepares for the body after `head`, the head of the response to a `method` request. */
  expectBody(head: ResponseHead, method: string): void {
    if (!head.hasBody(method)) this.body.expectNone();
    else if (head.isChunked) this.body.expectChunked();
    else if (head.contentLength !== -1) this.body.expectLength(head.contentLength);
    else this.body.expectUntilClose();
  }

  /**
   * Passes on the bytes of the body.
   * @param isPayload whether to pass the payload without its framing
   * @returns the offset at which the body ended, or `bytes.length` if it continues
   * @throws FramingError
   */
  passBody(bytes: Buffer, from: number, isPayload: boolean): number {
    if (isPayload) return this.body.read(bytes, from, this.take);
    const end = this.body.read(bytes, from);
    if (this.body.passEnd > from) this.take(bytes.subarray(from, this.body.passEnd));
    return end;
  }

  private countInterim(): void {
    this.interimResponses += 1;
    if (this.interimResponses > MAX_INTERIM_RESPONSES) throw new Error('too many 1xx responses');
  }
}

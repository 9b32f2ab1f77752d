import { BodyReader } from '../body/body-reader.js';
import type { PayloadSink } from '../body/chunked-reader.js';
import { HeadReader } from '../head/head-reader.js';
import { parseResponseHead } from '../head/parse-response-head.js';
import type { ResponseHead } from '../head/response-head.js';

const MAX_INTERIM_ANSWERS = 16;

/** Reads one answer after the other in the bytes that a connection brings. */
export class AnswerReader {
  readonly body = new BodyReader();
  private readonly heads = new HeadReader();
  private interimAnswers = 0;

  /** @param take takes bodies piece by piece */
  constructor(private readonly take: PayloadSink) {}

  /** Where the head ended in the bytes given to the last {@link readHead}. */
  get headEnd(): number {
    return this.heads.end;
  }

  /** Another request has been sent. */
  begin(): void {
    this.interimAnswers = 0;
  }

  /** The next head; `undefined` when it goes on after `bytes`. @throws Error when this is no head of HTTP/1.1 */
  readHead(bytes: Buffer, from: number): ResponseHead | undefined {
    const text = this.heads.read(bytes, from);
    if (text === undefined) return undefined;
    const head = parseResponseHead(text);
    if (head.isInterim) this.countInterim();
    return head;
  }

  /** A body follows, as the head of the answer to `method` says. */
  expectBody(head: ResponseHead, method: string): void {
    if (!head.hasBody(method)) this.body.expectNone();
    else if (head.isChunked) this.body.expectChunked();
    else if (head.contentLength !== -1) this.body.expectLength(head.contentLength);
    else this.body.expectUntilClose();
  }

  /**
   * Gives away what belongs to the body; answers where it ended.
   * @param isPayload without its framing
   * @throws FramingError
   */
  passBody(bytes: Buffer, from: number, isPayload: boolean): number {
    if (isPayload) return this.body.read(bytes, from, this.take);
    const end = this.body.read(bytes, from);
    if (this.body.passEnd > from) this.take(bytes.subarray(from, this.body.passEnd));
    return end;
  }

  private countInterim(): void {
    this.interimAnswers += 1;
    if (this.interimAnswers > MAX_INTERIM_ANSWERS) throw new Error('there were too many 1xx answers');
  }
}

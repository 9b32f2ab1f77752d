import type { Problem } from '#contracts';
import { BodyReader } from '../body/body-reader.js';
import { TrailersTooLarge } from '../body/framing-error.js';
import type { RequestHead } from '../head/request-head.js';
import { bodyMalformed, trailersTooLarge } from './body-problems.js';

/** Who gets the body of a request, framed as it came. */
export interface BodyTaker {
  /**
   * What of it came with the head, if any did.
   * @param tail what completes a whole chunked body whose trailers were held back
   */
  takeFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void;
  sendBody(bytes: Buffer): void;
  endBody(tail: string): void;
}

/**
 * The bodies of a client's requests, one after another: finds where each ends. Both `begin` and `read` answer where that was
 * in the bytes given, their length when it goes on behind them, or what is wrong.
 */
export class IncomingBody {
  private readonly reader = new BodyReader();
  /** The client does not send it before it is asked to. */
  waitsForContinue = false;

  get isDone(): boolean {
    return this.reader.isDone;
  }

  /** What comes belongs to no request. */
  expectNothingValid(): void {
    this.reader.expectUntilClose();
  }

  /** Begins with what came behind `head`. */
  begin(head: RequestHead, bytes: Buffer, taker: BodyTaker): number | Problem {
    this.expect(head);
    if (bytes.length === 0) {
      if (!this.isDone) taker.takeFirst(undefined, false, '');
      return 0;
    }
    const end = this.advance(bytes);
    const { passEnd, isDone, tail } = this.reader;
    // A client that has begun to send does not wait.
    if (passEnd > 0) this.waitsForContinue = false;
    if (typeof end === 'number')
      taker.takeFirst(passEnd > 0 ? bytes.subarray(0, passEnd) : undefined, isDone, tail);
    return end;
  }

  /** Reads on; without a taker it is thrown away. */
  read(bytes: Buffer, taker: BodyTaker | undefined): number | Problem {
    const end = this.advance(bytes);
    if (!taker || typeof end !== 'number') return end;
    const { passEnd, isDone, tail } = this.reader;
    if (passEnd > 0) taker.sendBody(passEnd === bytes.length ? bytes : bytes.subarray(0, passEnd));
    if (isDone) taker.endBody(tail);
    return end;
  }

  private expect(head: RequestHead): void {
    this.waitsForContinue = head.expectsContinue && head.hasBody;
    if (head.isChunked) this.reader.expectChunked();
    else if (head.contentLength > 0) this.reader.expectLength(head.contentLength);
    else this.reader.expectNone();
  }

  private advance(bytes: Buffer): number | Problem {
    try {
      return this.reader.read(bytes, 0);
    } catch (error) {
      const { message } = error as Error;
      return error instanceof TrailersTooLarge ? trailersTooLarge(message) : bodyMalformed(message);
    }
  }
}

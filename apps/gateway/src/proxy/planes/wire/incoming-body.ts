import type { Problem } from '#contracts';
import { BodyReader } from '../../http1/body/body-reader.js';
import type { BodyReceiver } from '../exchange/client-side.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { bodyAbove, bodyProblem, FramingError } from '../../http1/body/body-problems.js';

/**
 * Reads the request bodies of one client connection and finds the end of each. `begin` and `read` return the offset
 * at which the body ended, the length of the given bytes if it continues, or a problem.
 */
export class IncomingBody {
  private readonly reader = new BodyReader();
  /** The client waits for 100 Continue before it sends the body. */
  waitsForContinue = false;

  /** Payload bytes of the current body read so far. */
  get payloadBytes(): number {
    return this.reader.payloadBytes;
  }

  get isDone(): boolean {
    return this.reader.isDone;
  }

  /** Treats all further input as part of no request. */
  expectNothingValid(): void {
    this.reader.expectUntilClose();
  }

  /** Starts the body of `head` with the bytes that arrived after it. */
  begin(head: RequestHead, bytes: Buffer, receiver: BodyReceiver): number | Problem {
    this.expect(head);
    if (bytes.length === 0) {
      if (!this.isDone) receiver.receiveFirst(undefined, false, '');
      return 0;
    }
    const end = this.advance(bytes);
    const { passEnd, isDone, tail } = this.reader;
    // A client that has started to send does not wait for 100 Continue.
    if (passEnd > 0) this.waitsForContinue = false;
    if (typeof end === 'number')
      receiver.receiveFirst(passEnd > 0 ? bytes.subarray(0, passEnd) : undefined, isDone, tail);
    return end;
  }

  /**
   * Reads more of the body; without a receiver the bytes are discarded.
   * @param limit maximum {@link payloadBytes}
   */
  read(bytes: Buffer, receiver: BodyReceiver | undefined, limit = Infinity): number | Problem {
    const end = this.advance(bytes);
    if (typeof end === 'number' && this.reader.payloadBytes > limit) return bodyAbove(limit);
    if (!receiver || typeof end !== 'number') return end;
    const { passEnd, isDone, tail } = this.reader;
    if (passEnd > 0) receiver.sendBody(passEnd === bytes.length ? bytes : bytes.subarray(0, passEnd));
    if (isDone) receiver.endBody(tail);
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
      if (error instanceof FramingError) return bodyProblem(error);
      throw error;
    }
  }
}

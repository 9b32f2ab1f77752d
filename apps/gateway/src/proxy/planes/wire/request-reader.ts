import { Problem } from '#contracts';
import { REQUEST_LINE } from '../../http1/head/grammar.js';
import { HeadReader } from '../../http1/head/head-reader.js';

/** Bytes of pipelined requests that are buffered before reading pauses. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Receives the requests that a {@link RequestReader} finds. */
export interface RequestHandler {
  /** No request is in progress; the next one may start. */
  readonly acceptsRequests: boolean;
  /** Called when the first part of an incomplete head has arrived. */
  headBegins(): void;
  /** @param rest the bytes after the head. @throws Problem */
  handleHead(text: string, rest: Buffer): void;
  /** Called for an invalid request. @param text its head; empty if no complete head was found */
  refuse(problem: Problem, text: string): void;
}

/** Finds the requests in the bytes of a connection and buffers pipelined ones. */
export class RequestReader {
  private readonly heads = new HeadReader(REQUEST_LINE);
  private waiting: Buffer | undefined;
  /** Set while {@link read} runs; an exchange may finish before it returns. */
  isReading = false;

  constructor(private readonly handler: RequestHandler) {}

  /** Whether an incomplete head has arrived. */
  get isMidway(): boolean {
    return this.heads.isMidway;
  }

  get hasWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Buffers bytes after the current request. Returns `false` if reading should pause. */
  queue(bytes: Buffer): boolean {
    this.waiting = this.waiting ? Buffer.concat([this.waiting, bytes]) : bytes;
    return this.waiting.length <= MAX_WAITING_BYTES;
  }

  /** Returns the buffered bytes and clears the buffer. */
  shiftWaiting(): Buffer | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** Reads requests one after another, as long as each one finishes synchronously. */
  read(bytes: Buffer): void {
    this.isReading = true;
    let rest: Buffer | undefined = bytes;
    while (rest) {
      this.readHead(rest);
      rest = this.handler.acceptsRequests ? this.shiftWaiting() : undefined;
    }
    this.isReading = false;
  }

  /** Reads the buffered bytes, unless {@link read} is running, which reads them itself. */
  readWaiting(): void {
    if (this.isReading) return;
    const bytes = this.shiftWaiting();
    if (bytes) this.read(bytes);
  }

  private readHead(bytes: Buffer): void {
    const wasMidway = this.heads.isMidway;
    let text: string | undefined;
    try {
      text = this.heads.read(bytes, 0);
      if (text !== undefined) this.handler.handleHead(text, bytes.subarray(this.heads.end));
      else if (!wasMidway) this.handler.headBegins();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.handler.refuse(error, text ?? '');
    }
  }
}

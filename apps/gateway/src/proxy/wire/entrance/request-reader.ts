import { Problem } from '#contracts';
import { REQUEST_LINE } from '../head/grammar.js';
import { HeadReader } from '../head/head-reader.js';

/** Of pipelined requests, so much is taken before the client has to wait. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Who takes the requests that a {@link RequestReader} finds. */
export interface RequestTaker {
  /** No request is under way, and the next one may begin. */
  readonly takesRequests: boolean;
  /** A head has begun whose end is not there yet. */
  headBegins(): void;
  /** @param rest what came behind the head. @throws Problem */
  takeHead(text: string, rest: Buffer): void;
  /** What came is no request. `text` is its head where that was found. */
  refuse(problem: Problem, text: string): void;
}

/** Finds the requests in the bytes of a connection, and keeps those that came before it was their turn. */
export class RequestReader {
  private readonly heads = new HeadReader(REQUEST_LINE);
  private waiting: Buffer | undefined;
  /** The request that is read now may be over before it has been read. */
  isReading = false;

  constructor(private readonly taker: RequestTaker) {}

  /** A part of a head has arrived. */
  get isMidway(): boolean {
    return this.heads.isMidway;
  }

  get hasWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Keeps what came behind the request under way. `false`: that is enough for now. */
  keep(bytes: Buffer): boolean {
    this.waiting = this.waiting ? Buffer.concat([this.waiting, bytes]) : bytes;
    return this.waiting.length <= MAX_WAITING_BYTES;
  }

  /** Gives up what waits, for somebody else to read. */
  takeWaiting(): Buffer | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** Reads one request after another for as long as each is over at once. */
  read(bytes: Buffer): void {
    this.isReading = true;
    let rest: Buffer | undefined = bytes;
    while (rest) {
      this.readHead(rest);
      rest = this.taker.takesRequests ? this.takeWaiting() : undefined;
    }
    this.isReading = false;
  }

  /** Reads what waits, unless that is what happens now. */
  readWaiting(): void {
    if (this.isReading) return;
    const bytes = this.takeWaiting();
    if (bytes) this.read(bytes);
  }

  private readHead(bytes: Buffer): void {
    const wasMidway = this.heads.isMidway;
    let text: string | undefined;
    try {
      text = this.heads.read(bytes, 0);
      if (text !== undefined) this.taker.takeHead(text, bytes.subarray(this.heads.end));
      else if (!wasMidway) this.taker.headBegins();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.taker.refuse(error, text ?? '');
    }
  }
}

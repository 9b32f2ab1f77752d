import { Problem } from '#contracts';
import { BodyReader } from '../../http1/body/body-reader.js';
import { FramingError, TrailersTooLarge } from '../../http1/body/framing-error.js';
import { bodyMalformed } from '../../http1/body/body-problems.js';
import { REQUEST_LINE } from '../../http1/head/grammar.js';
import { HeadReader } from '../../http1/head/head-reader.js';
import { parseRequestHead, readRequestLine } from '../../http1/head/parse-request-head.js';
import { RequestHead } from '../../http1/head/request-head.js';

/**
 * Follows the requests in the bytes of one connection by the grammar of the wire plane. node:http is more lenient
 * where its API does not expose the raw bytes: in the request line, before it, and in chunk framing. Other faults of
 * a head are left to {@link checkHead}, which refuses them as recorded requests. Where the next request begins is not
 * known after such a head, so every byte after it is refused.
 */
export class RequestGuard {
  private readonly heads = new HeadReader(REQUEST_LINE);
  private readonly body = new BodyReader();
  /** Number of valid bytes among those last checked. */
  soundEnd = 0;
  /** The rest is not checked: node:http refuses it or detaches the connection. */
  private isOver = false;
  /** Why the last head is refused; node:http may have accepted it. */
  private fault: Problem | undefined;

  /** Continues reading. @returns why the request that starts or continues at {@link soundEnd} is refused */
  check(bytes: Buffer): Problem | undefined {
    this.soundEnd = 0;
    try {
      this.read(bytes);
    } catch (error) {
      if (error instanceof TrailersTooLarge) this.isOver = true;
      else if (error instanceof FramingError) return bodyMalformed(error.message);
      else if (error instanceof Problem) return error;
      else throw error;
    }
    this.soundEnd = bytes.length;
    return undefined;
  }

  private read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.isOver;) {
      if (this.body.isDone) {
        this.soundEnd = at;
        if (this.fault) throw this.fault;
        at = this.readHead(bytes, at);
      } else at = this.body.read(bytes, at);
    }
  }

  private readHead(bytes: Buffer, from: number): number {
    const text = this.heads.read(bytes, from);
    if (text === undefined) return bytes.length;
    readRequestLine(new RequestHead(text));
    const head = this.headOf(text);
    if (!head) return this.heads.end;
    if (asksToUpgrade(head)) this.isOver = true;
    else if (head.isChunked) this.body.expectChunked();
    else this.body.expectLength(Math.max(head.contentLength, 0));
    return this.heads.end;
  }

  /** `undefined` when the fields are refused. */
  private headOf(text: string): RequestHead | undefined {
    try {
      return parseRequestHead(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.fault = error;
      return undefined;
    }
  }
}

/**
 * node:http detaches the connection of an upgrade request, with or without a body. It ignores an Upgrade field without
 * a value.
 */
const asksToUpgrade = ({ upgrade, connection }: RequestHead): boolean =>
  upgrade !== undefined && upgrade !== '' && connection.includes('upgrade');

import type { IncomingMessage } from 'node:http';
import { Problem } from '#contracts';
import { bodyProblem, FramingError } from '../../http1/body/body-problems.js';
import { BodyReader } from '../../http1/body/body-reader.js';
import { REQUEST_LINE } from '../../http1/head/grammar.js';
import { HeadReader } from '../../http1/head/head-reader.js';
import { readRequestHead } from '../../http1/head/origin-form.js';
import type { RequestHead } from '../../http1/head/request-head.js';

/** A request that is refused before node:http sees it, or while it reads the body. */
export interface Refusal {
  readonly problem: Problem;
  /** The head, as far as it is known; `undefined` if node:http has it already and the body is at fault. */
  readonly head: string | undefined;
}

/**
 * Reads the requests in the bytes of one connection with the codec of the wire plane. node:http gets only what is
 * valid, and its requests get the heads that were read here: its own parser is more lenient, and its API does not
 * show the bytes.
 */
export class RequestGuard {
  private readonly heads = new HeadReader(REQUEST_LINE);
  private readonly body = new BodyReader();
  private readonly parsed: RequestHead[] = [];
  /** Number of valid bytes among those last checked. */
  soundEnd = 0;
  /** The rest is not checked: node:http detaches the connection. */
  private isOver = false;
  /** The last request of the connection has begun. */
  private isLast = false;
  /** The head of the current request, if it ended in the bytes last checked. */
  private newHead: string | undefined;

  /** Whether the client has sent the whole of the request that node:http got last, and nothing of another one. */
  get isBetweenRequests(): boolean {
    return this.body.isDone && !this.heads.isMidway && this.parsed.length === 0;
  }

  /** The head of the next request that node:http reads. */
  shift(): RequestHead | undefined {
    return this.parsed.shift();
  }

  /** Continues reading. @returns why the request that starts or continues at {@link soundEnd} is refused */
  check(bytes: Buffer): Refusal | undefined {
    this.soundEnd = 0;
    this.newHead = undefined;
    for (let at = 0; at < bytes.length && !this.isOver;) {
      if (this.body.isDone) {
        this.soundEnd = at;
        // No request follows (RFC 9112, section 9.6); node:http would refuse it instead of its response to the last one.
        if (this.isLast) return undefined;
      }
      const next = this.body.isDone ? this.readHead(bytes, at) : this.readBody(bytes, at);
      if (typeof next !== 'number') return next;
      at = next;
    }
    this.soundEnd = bytes.length;
    return undefined;
  }

  private readBody(bytes: Buffer, from: number): number | Refusal {
    try {
      return this.body.read(bytes, from);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      // node:http does not get the head either.
      if (this.newHead !== undefined) this.parsed.pop();
      return { problem: bodyProblem(error), head: this.newHead };
    }
  }

  private readHead(bytes: Buffer, from: number): number | Refusal {
    let text: string | undefined;
    try {
      text = this.heads.read(bytes, from);
      if (text === undefined) return bytes.length;
      this.expect(readRequestHead(text));
      this.newHead = text;
      return this.heads.end;
    } catch (error) {
      if (error instanceof Problem) return { problem: error, head: text ?? '' };
      throw error;
    }
  }

  private expect(head: RequestHead): void {
    this.parsed.push(head);
    this.isLast = !head.keepsAlive;
    if (asksToUpgrade(head)) this.isOver = true;
    else if (head.isChunked) this.body.expectChunked();
    else this.body.expectLength(Math.max(head.contentLength, 0));
  }
}

/**
 * node:http detaches the connection of an upgrade request, with or without a body. It ignores an Upgrade field without
 * a value.
 */
export const asksToUpgrade = ({ upgrade, connection }: RequestHead): boolean =>
  upgrade !== undefined && upgrade !== '' && connection.includes('upgrade');

/** The first line of the head of `request`. */
export const requestLine = ({ method = '', url = '', httpVersion }: IncomingMessage): string =>
  `${method} ${url} HTTP/${httpVersion}\r\n`;

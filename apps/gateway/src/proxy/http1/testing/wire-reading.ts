import { BodyReader } from '../body/body-reader.js';
import { REQUEST_LINE } from '../head/grammar.js';
import { HeadReader } from '../head/head-reader.js';
import { parseRequestHead } from '../head/parse-request-head.js';
import { parseResponseHead } from '../head/parse-response-head.js';
import { flatLines, nothingRead, piecesOf, type ReadMessage, type Reading } from './reading.js';

/** Parses the head of a message and prepares `body` for it. */
type ReadHead = (text: string, body: BodyReader) => { start: string[]; isLast: boolean } | undefined;

/** Parses the requests in `bytes` with the wire parsers. */
export const readRequests = (bytes: Buffer, cuts: readonly number[]): Reading =>
  read(bytes, cuts, readRequestHead, REQUEST_LINE);

/** Parses the response to a `method` request, and the interim responses before it, with the wire parsers. */
export const readResponse = (bytes: Buffer, cuts: readonly number[], method: string): Reading =>
  read(bytes, cuts, (text, body) => readResponseHead(text, body, method));

function read(bytes: Buffer, cuts: readonly number[], readHead: ReadHead, firstLine?: RegExp): Reading {
  const reader = new MessageReader(readHead, firstLine);
  try {
    for (const piece of piecesOf(bytes, cuts)) reader.take(piece);
    reader.end();
  } catch (error) {
    reader.reading.refusal = (error as Error).message;
  }
  return reader.reading;
}

/** Reads messages with the wire parsers, as its connections do. */
class MessageReader {
  readonly reading = nothingRead();
  private readonly heads: HeadReader;
  private readonly body = new BodyReader();
  private message: ReadMessage | undefined;
  private isLast = false;
  private isOver = false;

  constructor(
    private readonly interpret: ReadHead,
    firstLine: RegExp | undefined,
  ) {
    this.heads = new HeadReader(firstLine);
  }

  take(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.isOver;)
      at = this.message ? this.readBody(piece, at) : this.readHead(piece, at);
  }

  end(): void {
    if (this.message && this.body.endsWithConnection) this.message.isWhole = true;
  }

  private readHead(piece: Buffer, at: number): number {
    const text = this.heads.read(piece, at);
    if (text === undefined) return piece.length;
    const taken = this.interpret(text, this.body);
    if (!taken) return this.heads.end;
    this.isLast = taken.isLast;
    const fields = flatLines(text.slice(text.indexOf('\r\n', 2) + 2));
    this.message = { start: taken.start, fields, body: '', trailers: [], isWhole: false };
    this.reading.messages.push(this.message);
    if (this.body.isDone) this.finish(this.message);
    return this.heads.end;
  }

  private readBody(piece: Buffer, at: number): number {
    const message = this.message as ReadMessage;
    const end = this.body.read(piece, at, (payload) => (message.body += payload.toString('latin1')));
    if (this.body.isDone) this.finish(message);
    return end;
  }

  private finish(message: ReadMessage): void {
    message.isWhole = true;
    message.trailers = flatLines(this.body.trailerFields);
    this.message = undefined;
    this.isOver = this.isLast;
  }
}

const readRequestHead: ReadHead = (text, body) => {
  const head = parseRequestHead(text);
  if (head.isChunked) body.expectChunked();
  else if (head.contentLength > 0) body.expectLength(head.contentLength);
  else body.expectNone();
  return {
    start: [head.method, head.target, `1.${head.minor}`],
    isLast: !head.keepsAlive || head.isUpgrade,
  };
};

function readResponseHead(text: string, body: BodyReader, method: string): ReturnType<ReadHead> {
  const head = parseResponseHead(text);
  if (head.status === 101) throw new Error('the request asks for no other protocol');
  if (head.isInterim) return undefined;
  if (!head.hasBody(method)) body.expectNone();
  else if (head.isChunked) body.expectChunked();
  else if (head.contentLength !== -1) body.expectLength(head.contentLength);
  else body.expectUntilClose();
  const reason = head.statusText.slice('200 '.length);
  return { start: [`1.${head.minor}`, String(head.status), reason], isLast: true };
}

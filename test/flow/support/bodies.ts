import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { call } from '#testing';
import { LONGEST, patternAt } from './pattern.mjs';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Requests `url` and returns the response as soon as its head arrives, with the body unread. */
export async function openResponse(url: string): Promise<IncomingMessage> {
  const outgoing = request(url, { agent: false }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

/**
 * Reads a response to its end and returns its length.
 * @throws Error When a byte differs from the sent one
 */
export async function lengthOf(response: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += LONGEST)
      checkPattern(chunk.subarray(at, at + LONGEST), bytes + at);
    bytes += chunk.length;
  }
  return bytes;
}

function checkPattern(piece: Buffer, offset: number): void {
  if (!piece.equals(patternAt(offset, piece.length)))
    throw new Error(`the body differs from the sent one after byte ${offset}`);
}

export const download = async (url: string): Promise<number> => lengthOf(await openResponse(url));

/** An upload of `bytes` that writes as fast as the connection accepts them. */
export class Upload {
  /** Bytes written to the socket so far. */
  sent = 0;
  private readonly outgoing: ClientRequest;
  private readonly response: Promise<string>;

  constructor(
    url: string,
    private readonly bytes: number,
  ) {
    this.outgoing = request(url, { method: 'POST', agent: false, headers: { 'content-length': bytes } });
    this.response = once(this.outgoing, 'response').then(([response]) => textOf(response as IncomingMessage));
    this.response.catch(() => undefined);
    this.write();
  }

  /** Number of bytes that the service reports as received. */
  async received(): Promise<number> {
    return Number(await this.response);
  }

  private write(): void {
    while (this.sent < this.bytes) {
      this.sent += CHUNK.length;
      if (!this.outgoing.write(CHUNK)) return void this.outgoing.once('drain', () => this.write());
    }
    this.outgoing.end();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return text;
}

/** Bytes that the flow service has sent and received so far. */
export async function stateOf(serviceUrl: string): Promise<{ sent: number; received: number }> {
  return JSON.parse((await call(serviceUrl, 'GET /state')).body as string) as {
    sent: number;
    received: number;
  };
}

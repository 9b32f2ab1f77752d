import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A request as the service received it. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingMessage['headers'];
  readonly length: number;
  readonly sha256: string;
}

export const TEXT = 'a text of some length. '.repeat(2_000);

type Responder = (request: IncomingMessage, response: ServerResponse) => void;

const RESPONDERS: Readonly<Record<string, Responder>> = {
  '/compressed': (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(gzipSync(TEXT));
  },
  '/range': ({ headers: { range } }, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')!;
    const part = TEXT.slice(Number(from), Number(to) + 1);
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${TEXT.length}` }).end(part);
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/text' }).end(),
  '/text': (_, response) => response.writeHead(200, { 'content-length': TEXT.length }).end(TEXT),
  /** Without a length: chunked, or delimited by the end of the connection. */
  '/stream': (_, response) => {
    for (let at = 0; at < TEXT.length; at += 1000) response.write(TEXT.slice(at, at + 1000));
    response.end();
  },
};

export const curlService: RequestListener = (request, response) =>
  (RESPONDERS[request.url!.replace(/\?.*/, '')] ?? echo)(request, response);

function echo(request: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    length += chunk.length;
  });
  request.on('end', () => {
    const { method, url, httpVersion, headers } = request;
    const received = { method, url, httpVersion, headers, length, sha256: hash.digest('hex') };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(received));
  });
}

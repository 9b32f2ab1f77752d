import { once } from 'node:events';
import type { Agent } from 'node:http';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A complete response. */
export interface CompleteResponse {
  readonly status: number;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: Buffer;
  readonly text: string;
}

export interface ExchangeOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | undefined;
  readonly agent?: Agent;
}

export const bodyOf = (message: IncomingMessage): Promise<Buffer> => buffer(message);

/** Sends a request with node:http, which normalises less than fetch, and reads the complete response. */
export async function exchange(url: string, options: ExchangeOptions = {}): Promise<CompleteResponse> {
  const { method = 'GET', headers = {}, body, agent } = options;
  const outgoing = request(url, { method, headers, agent: agent ?? false });
  if (body === undefined) outgoing.end();
  else outgoing.setHeader('content-length', Buffer.byteLength(body)).end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const bytes = await bodyOf(response);
  return {
    status: response.statusCode!,
    message: response.statusMessage!,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    trailers: response.trailers,
    body: bytes,
    text: bytes.toString(),
  };
}

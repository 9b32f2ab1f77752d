import type { ServerResponse } from 'node:http';
import { Framing } from '../../http1/head/response-framing.js';
import { flatFields } from '../../http1/head/request-lines.js';
import { plainResponse } from '../../sockets/node-internals.js';
import type { ResponseOutput } from '../exchange/client-side.js';

const STATUS_AT = 'HTTP/1.1 '.length;
const REASON_AT = 'HTTP/1.1 200 '.length;
const CRLF = '\r\n';

/** Writes the response of one exchange to node's response, which adds the chunk framing that the head announces. */
export class NodeResponse implements ResponseOutput {
  /** Node's response may still hold body bytes, uncopied, after `write` returns. */
  readonly retainsBytes = true;
  private isHeld = false;

  constructor(private readonly response: ServerResponse) {}

  begin(head: string, framing: Framing): boolean {
    const { response } = this;
    // Node would chunk the response to an HTTP/1.0 client that sends `TE: chunked`.
    if (framing === Framing.UntilClose) response.useChunkedEncodingByDefault = false;
    const lineEnd = head.indexOf(CRLF);
    const status = Number(head.slice(STATUS_AT, REASON_AT));
    const reason = head.slice(REASON_AT, lineEnd);
    const fields = flatFields(head, lineEnd + CRLF.length, head.length - CRLF.length);
    if (wasLent(response)) {
      // The local instance may have set fields. If any were set before, repeated ones passed to `writeHead` replace each other.
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      for (const [name, value] of pairsOf(fields)) response.appendHeader(name, value);
      plainResponse.writeHead.call(response, status, reason);
    } else plainResponse.writeHead.call(response, status, reason, fields);
    this.isHeld = true;
    return true;
  }

  write(bytes: Buffer): boolean {
    this.isHeld = false;
    return plainResponse.write.call(this.response, bytes);
  }

  retains(): boolean {
    return true;
  }

  /** The head of an event stream must not wait for the first event. */
  flush(): void {
    if (this.isHeld) plainResponse.flushHeaders.call(this.response);
    this.isHeld = false;
  }

  end(_tail: string, trailers: string): void {
    if (trailers !== '') plainResponse.addTrailers.call(this.response, pairsOf(flatFields(trailers)));
    plainResponse.end.call(this.response);
  }
}

/** Whether a local instance has had the response, whose own response is not used. */
const wasLent = (response: ServerResponse): boolean => Object.hasOwn(response, 'writeHead');

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}

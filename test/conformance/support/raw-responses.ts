/** A response within the bytes that a client received. */
export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Field lines after the last chunk. */
  readonly trailers: string;
}

const END = '\r\n\r\n';

/** Splits `bytes` into responses with a length or chunks; `undefined` when the last one is incomplete. */
export function responsesIn(bytes: string): RawResponse[] | undefined {
  const responses: RawResponse[] = [];
  for (let at = 0; at < bytes.length;) {
    const headEnd = bytes.indexOf(END, at);
    if (headEnd === -1) return undefined;
    const head = bytes.slice(at, headEnd + 2);
    const parsed = /^transfer-encoding: chunked\r$/im.test(head)
      ? chunksAt(bytes, headEnd + END.length)
      : lengthAt(bytes, headEnd + END.length, head);
    if (!parsed) return undefined;
    responses.push({ status: Number(head.slice(9, 12)), head, body: parsed.body, trailers: parsed.trailers });
    at = parsed.end;
  }
  return responses;
}

interface ParsedBody {
  readonly body: string;
  readonly trailers: string;
  readonly end: number;
}

function lengthAt(bytes: string, at: number, head: string): ParsedBody | undefined {
  const end = at + Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  return end > bytes.length ? undefined : { body: bytes.slice(at, end), trailers: '', end };
}

/** Reads a chunked body that starts at `at`. */
function chunksAt(bytes: string, at: number): ParsedBody | undefined {
  let body = '';
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = parseInt(bytes.slice(at, lineEnd), 16);
    at = lineEnd + 2;
    if (size === 0) break;
    body += bytes.slice(at, at + size);
    at += size + 2;
  }
  // Without trailers the section is only the empty line.
  const end = bytes.startsWith('\r\n', at) ? at : bytes.indexOf(END, at) + 2;
  return end < at || end + 2 > bytes.length
    ? undefined
    : { body, trailers: bytes.slice(at, end), end: end + 2 };
}

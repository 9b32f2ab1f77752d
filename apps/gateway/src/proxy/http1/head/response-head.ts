import { fieldOf } from './field-lines.js';

const NO_OPTIONS: readonly string[] = [];

/** The parsed response head, filled in one pass by `parseResponseHead`. */
export class ResponseHead {
  status = 0;
  /** The minor version of HTTP/1: 0 or 1. */
  minor = 1;
  /** The status line as received, without version and CRLF: `200 OK`. */
  statusText = '';
  /** -1 without Content-Length. */
  contentLength = -1;
  isChunked = false;
  /** Members of Connection, in lower case. */
  connection = NO_OPTIONS;
  upgrade: string | undefined = undefined;
  /** How long the server keeps an idle connection open, seconds (`Keep-Alive: timeout=5`). */
  keepAliveSeconds: number | undefined = undefined;
  /** The value of Trailer, which is forwarded with a chunked body only. */
  trailer: string | undefined = undefined;
  hasDate = false;
  /** Location, Content-Location and Set-Cookie fields, which may need rewriting. */
  placed: readonly PlacedField[] = NO_PLACED;
  /** The field lines to forward unchanged, each with CRLF. */
  fields = '';

  /** Whether the server keeps the connection open after this response. */
  get keepsAlive(): boolean {
    if (this.connection.length === 0) return this.minor === 1;
    if (this.connection.includes('close')) return false;
    return this.minor === 1 || this.connection.includes('keep-alive');
  }

  /** Whether the server works and declined this request. */
  get isDeclined(): boolean {
    return this.status === 503 && fieldOf(`\r\n${this.fields}`, 'retry-after') !== undefined;
  }

  /** Whether the body is a stream of server-sent events. It searches the whole head. */
  get isEventStream(): boolean {
    return /^content-type:[ \t]*text\/event-stream[ \t]*(?:;|\r)/im.test(this.fields);
  }

  get isInterim(): boolean {
    return this.status < 200;
  }

  /** Whether a 101 switches to `protocol`: Connection and Upgrade must both confirm it (RFC 9110, section 7.8). */
  changesTo(protocol: string): boolean {
    return this.connection.includes('upgrade') && nameOf(this.upgrade ?? '') === nameOf(protocol);
  }

  /** Whether a body follows, given the request method (RFC 9112, section 6.3). */
  hasBody(method: string): boolean {
    return method !== 'HEAD' && !this.isInterim && this.status !== 204 && this.status !== 304;
  }
}

/** A field whose value contains a URL or path under the root of the instance. */
export interface PlacedField {
  readonly name: string;
  readonly value: string;
}

/** The lower-case name of a protocol without its version. */
const nameOf = (protocol: string): string => protocol.toLowerCase().replace(/\/.*/, '');

const NO_PLACED: readonly PlacedField[] = [];

const NO_OPTIONS: readonly string[] = [];

/** The facts of a response head, gathered in one pass by `parseResponseHead`. */
export class ResponseHead {
  status = 0;
  /** The minor version of HTTP/1: 0 or 1. */
  minor = 1;
  /** The status line as it came, without its version and CRLF: `200 OK`. */
  statusText = '';
  /** -1 when there is none. */
  contentLength = -1;
  isChunked = false;
  /** Members of Connection, in lower case. */
  connection = NO_OPTIONS;
  upgrade: string | undefined = undefined;
  /** How long the server keeps an idle connection, seconds (`Keep-Alive: timeout=5`). */
  keepAliveSeconds: number | undefined = undefined;
  hasDate = false;
  /** Location, Content-Location and Set-Cookie lines, which may have to be rewritten. */
  placed: readonly PlacedField[] = NO_PLACED;
  /** The field lines that pass on as they came, each with its CRLF. */
  fields = '';

  /** Whether the server lets the connection stand after this answer. */
  get keepsAlive(): boolean {
    if (this.connection.length === 0) return this.minor === 1;
    if (this.connection.includes('close')) return false;
    return this.minor === 1 || this.connection.includes('keep-alive');
  }

  get isInterim(): boolean {
    return this.status < 200;
  }

  /** Whether a 101 changes to `protocol`: both fields have to say so (RFC 9110, section 7.8). */
  changesTo(protocol: string): boolean {
    return this.connection.includes('upgrade') && nameOf(this.upgrade ?? '') === nameOf(protocol);
  }

  /** Whether a body follows, given the method that was asked (RFC 9112, section 6.3). */
  hasBody(method: string): boolean {
    return method !== 'HEAD' && !this.isInterim && this.status !== 204 && this.status !== 304;
  }
}

/** A field whose value is a place under the instance's own root. */
export interface PlacedField {
  readonly name: string;
  readonly value: string;
}

/** The name of a protocol without its version; case does not count. */
const nameOf = (protocol: string): string => protocol.toLowerCase().replace(/\/.*/, '');

const NO_PLACED: readonly PlacedField[] = [];

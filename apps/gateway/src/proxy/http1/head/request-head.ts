import { fieldOf } from './field-lines.js';

const NO_OPTIONS: readonly string[] = [];

// One protocol, with or without a version, other than h2c, another HTTP version or TLS: requests in a tunnel of
// cleartext HTTP/2 would bypass the gateway.
const TUNNELS = /^(?!h2c?$|http\b|tls\b)[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/i;

/** The parsed request head, filled in one pass by `parseRequestHead`. */
export class RequestHead {
  method = '';
  /** As sent, in any form. */
  target = '';
  /** The minor version of HTTP/1: 0 or 1. */
  minor = 1;
  host: string | undefined = undefined;
  /** -1 without Content-Length. */
  contentLength = -1;
  isChunked = false;
  /** Members of Connection, in lower case. */
  connection = NO_OPTIONS;
  /** The value of Upgrade. */
  upgrade: string | undefined = undefined;
  expectsContinue = false;
  /** The client accepts trailers (`TE: trailers`). */
  acceptsTrailers = false;
  requestId: string | undefined = undefined;
  /** The time-out that the client requests, milliseconds. */
  requestTimeout: string | undefined = undefined;
  forwardedFor: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedPrefix: string | undefined = undefined;
  forwarded: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  tracestate: string | undefined = undefined;
  /** `Max-Forwards` applies to this request (TRACE, OPTIONS). */
  countsForwards = false;
  /** The client requests `Server-Timing`. */
  requestsTiming = false;
  /** Forwarding field lines that are accepted only from a trusted proxy. */
  claims = '';
  /** The field lines to forward unchanged, each with CRLF. */
  fields = '';
  /** {@link text} in lower case; made when a field is first looked up. */
  private lower: string | undefined = undefined;

  constructor(
    /** The head as received, including the empty line. */
    readonly text: string,
  ) {}

  get hasBody(): boolean {
    return this.isChunked || this.contentLength > 0;
  }

  /**
   * Whether the `count` bytes after the head are exactly its body. False for chunked bodies, `Expect: 100-continue`
   * and requests with Upgrade.
   */
  isFollowedBy(count: number): boolean {
    return (
      !this.isChunked &&
      !this.expectsContinue &&
      this.upgrade === undefined &&
      Math.max(this.contentLength, 0) === count
    );
  }

  /** Whether the client keeps the connection open after this exchange (RFC 9112, section 9.3). */
  get keepsAlive(): boolean {
    if (this.connection.length === 0) return this.minor === 1;
    if (this.connection.includes('close')) return false;
    return this.minor === 1 || this.connection.includes('keep-alive');
  }

  /** Whether the request may become a tunnel: not with a body, and not with HTTP/1.0 (RFC 9110, section 7.8). */
  get isUpgrade(): boolean {
    if (this.upgrade === undefined || this.minor === 0 || this.hasBody) return false;
    return this.connection.includes('upgrade') && TUNNELS.test(this.upgrade);
  }

  /** The field with this lower-case name; several are joined by ", ". */
  field(name: string): string | undefined {
    return fieldOf(this.text, name, this.lowered);
  }

  /** Whether the head in lower case matches an expression. */
  matches(expression: RegExp): boolean {
    return expression.test(this.lowered);
  }

  private get lowered(): string {
    return (this.lower ??= this.text.toLowerCase());
  }
}

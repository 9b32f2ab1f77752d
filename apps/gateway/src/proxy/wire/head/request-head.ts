import { mayBeTunnelled } from '../../edge/tunnels.js';
import { fieldOf } from './field-lines.js';

const NO_OPTIONS: readonly string[] = [];

/** The facts of a request head, gathered in one pass by `parseRequestHead`. */
export class RequestHead {
  method = '';
  /** As sent, whatever its form. */
  target = '';
  /** The minor version of HTTP/1: 0 or 1. */
  minor = 1;
  host: string | undefined = undefined;
  /** -1 when there is none. */
  contentLength = -1;
  isChunked = false;
  /** Members of Connection, in lower case. */
  connection = NO_OPTIONS;
  /** The protocols that the client would change to. */
  upgrade: string | undefined = undefined;
  expectsContinue = false;
  /** The client wants trailers (`TE: trailers`). */
  takesTrailers = false;
  requestId: string | undefined = undefined;
  /** How long the client waits, milliseconds. */
  requestTimeout: string | undefined = undefined;
  forwardedFor: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedPrefix: string | undefined = undefined;
  forwarded: string | undefined = undefined;
  /** How many may forward the request is limited. */
  countsForwards = false;
  /** The client wants to know where time goes. */
  asksForTiming = false;
  /** Lines about the client that only a trusted proxy may add. */
  claims = '';
  /** The field lines that pass on as they came, each with its CRLF. */
  fields = '';

  constructor(
    /** The head as it arrived, its empty line included. */
    readonly text: string,
  ) {}

  get hasBody(): boolean {
    return this.isChunked || this.contentLength > 0;
  }

  /** Whether `count` bytes behind it are its body, whole, and nothing else; and it is no request to leave HTTP. */
  isFollowedBy(count: number): boolean {
    return (
      !this.isChunked &&
      !this.expectsContinue &&
      this.upgrade === undefined &&
      Math.max(this.contentLength, 0) === count
    );
  }

  /** Whether the client lets the connection stand after this exchange (RFC 9112, section 9.3). */
  get keepsAlive(): boolean {
    if (this.connection.length === 0) return this.minor === 1;
    if (this.connection.includes('close')) return false;
    return this.minor === 1 || this.connection.includes('keep-alive');
  }

  /**
   * Whether the client asks for another protocol in a way that may become a tunnel: named by Connection, without a body.
   */
  get isUpgrade(): boolean {
    if (this.upgrade === undefined || this.minor === 0 || this.hasBody) return false;
    return this.connection.includes('upgrade') && mayBeTunnelled(this.upgrade);
  }

  /** A field by its name in lower case; several of that name joined by ", ". */
  field(name: string): string | undefined {
    return fieldOf(this.text, name);
  }
}

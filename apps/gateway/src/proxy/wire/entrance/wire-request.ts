import { REQUEST_TIMEOUT_HEADER } from '#contracts';
import { publicPrefix } from '../../edge/request-headers.js';
import { Exchange } from '../../exchange.js';
import { KeptBody } from '../../forwarding/kept-body.js';
import type { RequestHead } from '../head/request-head.js';
import { framingLines, passingLines } from '../head/request-lines.js';
import type { ClientSide } from './client-side.js';

/** The request of an exchange on the wire: what its head says, what is kept of its body, and the text that an instance gets. */
export abstract class WireRequest extends Exchange {
  isBodyConsumed = false;
  /** The client's connection stays open after the answer. */
  keepsAlive: boolean;
  /** What came of the body together with the head. */
  protected body: Buffer | undefined = undefined;
  /** What was given to an instance after {@link body}; allocated when there is such a thing. */
  protected kept: KeptBody | undefined = undefined;
  protected isWhole = true;
  protected tail = '';

  constructor(
    protected readonly client: ClientSide,
    protected readonly head: RequestHead,
    requestId: string,
    clientAddress: string,
  ) {
    super(head.method, head.target, requestId, clientAddress, head.isUpgrade);
    this.keepsAlive = head.keepsAlive && !head.isUpgrade;
  }

  /** To a client of HTTP/1.0 a close looks like the end of the body. */
  get isHttp10(): boolean {
    return this.head.minor === 0;
  }

  get isFromTrustedPeer(): boolean {
    return this.client.peer.isTrusted;
  }

  get hasBody(): boolean {
    return this.head.hasBody;
  }

  header(name: string): string | undefined {
    // Asked for by every walk, so it was noted when the head was read.
    if (name === REQUEST_TIMEOUT_HEADER) return this.head.requestTimeout;
    return this.head.field(name);
  }

  get prefix(): string {
    const outer = this.client.peer.isTrusted ? (this.head.forwardedPrefix ?? '') : '';
    return publicPrefix(outer, this.route?.prefix ?? '');
  }

  get protocol(): string | undefined {
    return this.isUpgrade ? this.head.upgrade : undefined;
  }

  get connectMs(): number {
    return this.route?.policy.timeouts.connectMs ?? 0;
  }

  get responseHeaderMs(): number {
    return this.route?.policy.timeouts.responseHeaderMs ?? 0;
  }

  get idleMs(): number {
    return this.route?.policy.timeouts.idleMs ?? 0;
  }

  /** What came with the head is kept until the head of an answer arrives, so that it may be sent again. */
  takeFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void {
    this.body = bytes;
    this.isWhole = isWhole;
    this.tail = tail;
  }

  /** What there is of the body by now, for the next attempt. */
  protected get bodySoFar(): Buffer | undefined {
    return this.kept ? this.kept.after(this.body) : this.body;
  }

  protected requestText(authority: string): string {
    const { client, head, route } = this;
    const upgrade = this.isUpgrade ? `connection: upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n` : '';
    return (
      `${this.method} ${this.upstreamTarget} HTTP/1.1\r\nhost: ${authority}\r\n${upgrade}` +
      passingLines(head, client.peer) +
      framingLines(head) +
      client.forwarding.of(head, route?.prefix ?? '') +
      `x-request-id: ${this.requestId}\r\n${this.limitLine()}\r\n`
    );
  }

  protected keepBody(bytes: Buffer, isAnswered: boolean): void {
    this.kept ??= KeptBody.of(this);
    if (!isAnswered && this.kept?.add(bytes)) return;
    this.isBodyConsumed = true;
    this.letBodyGo();
  }

  /** Nobody will ask for the body again. */
  protected letBodyGo(): void {
    this.body = undefined;
    this.kept = undefined;
  }

  /** How long the instance has, when the exchange has a limit. */
  private limitLine(): string {
    const { remainingMs } = this;
    return remainingMs === undefined ? '' : `${REQUEST_TIMEOUT_HEADER}: ${remainingMs}\r\n`;
  }
}

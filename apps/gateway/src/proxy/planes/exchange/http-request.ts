import { REQUEST_TIMEOUT_HEADER } from '#contracts';
import type { Instance } from '../../../discovery/index.js';
import { REQUEST_ID_HEADER } from '#service-kit';
import { clientSchemeOf } from '../../http1/rules/peer.js';
import { publicPrefix } from '../../http1/rules/prefix-rewrite.js';
import { Exchange } from '../../exchange/exchange.js';
import type { RouteRewrite } from '../../exchange/exchange-state.js';
import type { FieldPattern } from '../../exchange/field-pattern.js';
import { ReplayBody } from '../../exchange/replay-body.js';
import { HOST } from '../../http1/head/grammar.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { flatFields, framingLines, passingLines } from '../../http1/head/request-lines.js';
import { editRequest, type EditedRequest } from '../../pipeline/phases.js';
import { BodyCopy } from './body-copy.js';
import type { BodyReceiver, ClientSide } from './client-side.js';

/** The request of an exchange: its head, the kept part of its body and the head of the upstream request. */
export abstract class HttpRequest<C extends ClientSide> extends Exchange {
  isBodyConsumed = false;
  /** Whether the client connection stays open after the response. */
  keepsAlive: boolean;
  /** The part of the body that arrived with the head. */
  protected body: Buffer | undefined = undefined;
  /** The bytes that were sent to an instance after {@link body}; allocated on first use. */
  protected replay: ReplayBody | undefined = undefined;
  /** Gets the parts of the body, too. */
  bodyCopy: BodyCopy | undefined = undefined;
  protected isWhole = true;
  protected tail = '';
  /** The `Host` that the last instance received instead of its own. */
  sentHost: string | undefined = undefined;

  constructor(
    readonly client: C,
    readonly head: RequestHead,
    requestId: string,
    clientAddress: string,
  ) {
    super(head.method, head.target, requestId, clientAddress, head.isUpgrade);
    this.keepsAlive = head.keepsAlive && !head.isUpgrade;
  }

  /** For an HTTP/1.0 client a close may look like the end of the body. */
  get isHttp10(): boolean {
    return this.head.minor === 0;
  }

  get scheme(): 'http' | 'https' {
    return clientSchemeOf(this.client.peer, this.head.forwardedProto);
  }

  get isFromTrustedPeer(): boolean {
    return this.client.peer.isTrusted;
  }

  get host(): string | undefined {
    return this.head.host;
  }

  get publicHost(): string | undefined {
    const told = this.client.peer.isTrusted ? this.head.forwardedHost?.split(',', 1)[0]?.trim() : undefined;
    return told !== undefined && HOST.test(told) ? told : this.host;
  }

  get publicTarget(): string {
    const own = this.route?.prefix ?? '';
    return this.prefix + this.target.slice(own.length);
  }

  get contentLength(): number {
    return this.head.contentLength;
  }

  get bodyBytes(): number {
    return this.client.bodyBytes;
  }

  get hasBody(): boolean {
    return this.head.hasBody;
  }

  header(name: string): string | undefined {
    // These fields are read for every exchange, so the parser stores them.
    if (name === REQUEST_TIMEOUT_HEADER) return this.head.requestTimeout;
    if (name === 'traceparent') return this.head.traceparent;
    if (name === 'tracestate') return this.head.tracestate;
    return this.head.field(name);
  }

  hasAny({ start }: FieldPattern): boolean {
    return this.head.matches(start);
  }

  get prefix(): string {
    const outer = this.client.peer.isTrusted ? (this.head.forwardedPrefix ?? '') : '';
    return publicPrefix(outer, this.route?.prefix ?? '');
  }

  get rewrite(): RouteRewrite | undefined {
    return this.route?.rewrite;
  }

  get isSentHostPublic(): boolean {
    return this.sentHost === this.host;
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

  /** Keeps the part that arrived with the head until a response head arrives, so that it can be sent again. */
  receiveFirst(bytes: Buffer | undefined, isWhole: boolean, tail: string): void {
    this.body = bytes;
    this.isWhole = isWhole;
    this.tail = tail;
  }

  copyBody(limit: number, onEnd: (payload: Buffer | undefined) => void): void {
    this.bodyCopy = new BodyCopy(this.head.isChunked, limit, onEnd);
    this.bodyCopy.receiveFirst(this.body, this.isWhole);
  }

  /** Passes the body received so far to `receiver`, which also gets the rest. */
  passBody(receiver: BodyReceiver): void {
    this.isBodyConsumed ||= !this.isWhole;
    receiver.receiveFirst(this.bodySoFar, this.isWhole, this.tail);
  }

  /** The body received so far, for the next attempt. */
  protected get bodySoFar(): Buffer | undefined {
    return this.replay ? this.replay.following(this.body) : this.body;
  }

  /** Runs the `upstreamRequest` phase. @param authority host and port of `instance` */
  edited(instance: Instance, authority: string): EditedRequest {
    const edited = editRequest(this, instance, authority, passingLines(this.head, this.client.peer));
    this.sentHost = edited.host === authority ? undefined : edited.host;
    return edited;
  }

  /** The fields of an upstream request as a flat list: name, value, name, … */
  flatFields(edited: EditedRequest): string[] {
    const { client, head, route } = this;
    const flat = flatFields(this.clientLines(edited));
    for (const part of client.forwarding.flatOf(head, route?.forwardedPrefix ?? '')) flat.push(part);
    flat.push(REQUEST_ID_HEADER, this.requestId);
    const { remainingMs } = this;
    if (remainingMs !== undefined) flat.push(REQUEST_TIMEOUT_HEADER, String(remainingMs));
    return flat;
  }

  /** The fields of an upstream request that do not come from the gateway, and those that depend on the instance. */
  private clientLines({ host, lines }: EditedRequest): string {
    const { head } = this;
    const upgrade = this.isUpgrade ? `connection: upgrade\r\nupgrade: ${head.upgrade ?? ''}\r\n` : '';
    return `host: ${host}\r\n${upgrade}${lines}${framingLines(head)}`;
  }

  protected requestText(instance: Instance, authority: string): string {
    const { client, head, route } = this;
    const edited = this.edited(instance, authority);
    return (
      `${this.method} ${edited.target} HTTP/1.1\r\n` +
      this.clientLines(edited) +
      client.forwarding.of(head, route?.forwardedPrefix ?? '') +
      `${REQUEST_ID_HEADER}: ${this.requestId}\r\n${this.limitLine()}\r\n`
    );
  }

  protected retainBody(bytes: Buffer): void {
    this.replay ??= ReplayBody.of(this);
    if (this.status === 0 && this.replay?.add(bytes)) return;
    this.isBodyConsumed = true;
    this.releaseBody();
  }

  /** Releases the body: no further attempt needs it. */
  protected releaseBody(): void {
    this.body = undefined;
    this.replay = undefined;
  }

  /** The field line with the remaining time, if the exchange has a deadline. */
  private limitLine(): string {
    const { remainingMs } = this;
    return remainingMs === undefined ? '' : `${REQUEST_TIMEOUT_HEADER}: ${remainingMs}\r\n`;
  }
}

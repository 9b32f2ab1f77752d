import type { Peer } from '../rules/peer.js';
import { publicPrefix } from '../rules/prefix-rewrite.js';
import type { RequestHead } from './request-head.js';
import { flatFields } from './request-lines.js';

export const VIA_NAME = 'msa-gateway';

/** The forwarding fields of a trusted proxy in front of the gateway. */
type ForwardedBefore = Pick<
  RequestHead,
  'forwardedFor' | 'forwardedProto' | 'forwardedHost' | 'forwardedPrefix' | 'forwarded'
>;

const NONE: ForwardedBefore = {
  forwardedFor: undefined,
  forwardedProto: undefined,
  forwardedHost: undefined,
  forwardedPrefix: undefined,
  forwarded: undefined,
};

/** Whether the head carries forwarding fields; they count only if the peer is a trusted proxy. */
const hasForwardingFields = (head: RequestHead): boolean =>
  head.forwardedFor !== undefined ||
  head.forwardedProto !== undefined ||
  head.forwardedHost !== undefined ||
  head.forwardedPrefix !== undefined ||
  head.forwarded !== undefined;

const continued = (before: string | undefined, own: string): string =>
  isGiven(before) ? `${before}, ${own}` : own;

const firstOf = (before: string | undefined, own: string): string => (isGiven(before) ? before : own);

const isGiven = (value: string | undefined): value is string => value !== undefined && value !== '';

/**
 * Builds the forwarding fields (`X-Forwarded-*`, `Forwarded`, `Via`) of upstream requests. They rarely differ
 * between the requests of one connection, so the last result is cached. One object per client connection.
 */
export class ForwardingLines {
  private host = '';
  private prefix = '';
  private minor = -1;
  private lines = '';
  private flat: string[] | undefined = undefined;

  constructor(private readonly peer: Peer) {}

  /** @param prefix the path prefix of the service: `/api/{service}` */
  of(head: RequestHead, prefix: string): string {
    const { host = '', minor } = head;
    if (this.peer.isTrusted && hasForwardingFields(head)) return this.build(head, host, prefix, minor);
    if (host !== this.host || prefix !== this.prefix || minor !== this.minor) {
      this.lines = this.build(NONE, host, prefix, minor);
      this.host = host;
      this.prefix = prefix;
      this.minor = minor;
      this.flat = undefined;
    }
    return this.lines;
  }

  /** The fields as a flat list: name, value, name, … */
  flatOf(head: RequestHead, prefix: string): readonly string[] {
    const lines = this.of(head, prefix);
    return lines === this.lines ? (this.flat ??= flatFields(lines)) : flatFields(lines);
  }

  private build(before: ForwardedBefore, host: string, prefix: string, minor: number): string {
    const { address, node, scheme } = this.peer;
    return (
      `x-forwarded-for: ${continued(before.forwardedFor, address)}\r\n` +
      `x-forwarded-proto: ${firstOf(before.forwardedProto, scheme)}\r\n` +
      `x-forwarded-host: ${firstOf(before.forwardedHost, host)}\r\n` +
      `x-forwarded-prefix: ${publicPrefix(before.forwardedPrefix ?? '', prefix)}\r\n` +
      `forwarded: ${continued(before.forwarded, `for=${node};host="${host}";proto=${scheme}`)}\r\n` +
      `via: 1.${minor} ${VIA_NAME}\r\n`
    );
  }
}

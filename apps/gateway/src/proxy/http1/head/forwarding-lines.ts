import type { Peer } from '../rules/peer.js';
import { addForwardingFields, type OriginContext } from '../rules/request-headers.js';
import type { RequestHead } from './request-head.js';
import { linesOf } from './request-lines.js';

/** Whether the head carries forwarding fields; they count only if the peer is a trusted proxy. */
const hasForwardingFields = (head: RequestHead): boolean =>
  head.forwardedFor !== undefined ||
  head.forwardedProto !== undefined ||
  head.forwardedHost !== undefined ||
  head.forwardedPrefix !== undefined ||
  head.forwarded !== undefined;

/**
 * Builds the forwarding fields (`X-Forwarded-*`, `Forwarded`, `Via`) of upstream requests. They rarely differ
 * between the requests of one connection, so the last result is cached. One object per client connection.
 */
export class ForwardingLines {
  private host = '';
  private prefix = '';
  private minor = -1;
  private lines = '';

  constructor(private readonly peer: Peer) {}

  of(head: RequestHead, prefix: string): string {
    const { host = '', minor } = head;
    if (this.peer.isTrusted && hasForwardingFields(head)) return this.build(head, prefix);
    if (host !== this.host || prefix !== this.prefix || minor !== this.minor) {
      this.lines = this.build(undefined, prefix, host, minor);
      this.host = host;
      this.prefix = prefix;
      this.minor = minor;
    }
    return this.lines;
  }

  private build(
    forwarded: RequestHead | undefined,
    prefix: string,
    host = forwarded?.host ?? '',
    minor = forwarded?.minor ?? 1,
  ) {
    const facts: OriginContext = { peer: this.peer, version: `1.${minor}`, host, prefix };
    const fields: string[] = [];
    addForwardingFields(fields, facts, {
      for: forwarded?.forwardedFor ?? '',
      proto: forwarded?.forwardedProto ?? '',
      host: forwarded?.forwardedHost ?? '',
      prefix: forwarded?.forwardedPrefix ?? '',
      forwarded: forwarded?.forwarded ?? '',
    });
    return linesOf(fields);
  }
}

import type { Peer } from '../rules/peer.js';
import { addForwardingFields, type OriginFacts } from '../rules/request-headers.js';
import type { RequestHead } from './request-head.js';
import { linesOf } from './request-lines.js';

/** Whether the head carries forwarding fields; they count only if the peer is a trusted proxy. */
const isTold = (head: RequestHead): boolean =>
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
    if (this.peer.isTrusted && isTold(head)) return this.make(head, prefix);
    if (host !== this.host || prefix !== this.prefix || minor !== this.minor) {
      this.lines = this.make(undefined, prefix, host, minor);
      this.host = host;
      this.prefix = prefix;
      this.minor = minor;
    }
    return this.lines;
  }

  private make(
    told: RequestHead | undefined,
    prefix: string,
    host = told?.host ?? '',
    minor = told?.minor ?? 1,
  ) {
    const facts: OriginFacts = { peer: this.peer, version: `1.${minor}`, host, prefix };
    const fields: string[] = [];
    addForwardingFields(fields, facts, {
      for: told?.forwardedFor ?? '',
      proto: told?.forwardedProto ?? '',
      host: told?.forwardedHost ?? '',
      prefix: told?.forwardedPrefix ?? '',
      forwarded: told?.forwarded ?? '',
    });
    return linesOf(fields);
  }
}

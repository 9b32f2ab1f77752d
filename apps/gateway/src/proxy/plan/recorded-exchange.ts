import type { Problem } from '#contracts';
import { QUERY_WITHHELD, type Decision } from '../../policy/decisions/decision.js';
import { Exchange } from '../exchange/exchange.js';
import type { Reply } from '../exchange/stage.js';

/** A decision depends on something that the record does not have. */
export class NotRecorded extends Error {}

/** A recorded request, as routing and the `request` phase see it. */
export class RecordedExchange extends Exchange {
  /** The response of the gateway itself; `undefined`: it would forward the request. */
  own: Reply | Problem | undefined = undefined;
  readonly isFromTrustedPeer = false;
  readonly isBodyConsumed = false;

  constructor(readonly decision: Decision) {
    super(decision.method, decision.target, decision.requestId, decision.clientAddress, false);
  }

  get host(): string | undefined {
    return this.decision.host;
  }

  get publicHost(): string | undefined {
    return this.decision.host;
  }

  get publicTarget(): string {
    return this.target;
  }

  get scheme(): 'http' | 'https' {
    return this.decision.scheme;
  }

  get contentLength(): number {
    return this.decision.contentLength;
  }

  get bodyBytes(): number {
    return this.decision.bodyBytes;
  }

  get hasBody(): boolean {
    return this.bodyBytes > 0;
  }

  get hasUnknownQuery(): boolean {
    return this.target.endsWith(QUERY_WITHHELD);
  }

  /** @throws NotRecorded if the record has no fields of that name */
  header(name: string): string | undefined {
    const { fields } = this.decision;
    if (!fields.has(name)) throw new NotRecorded(`header field ${name}`);
    return fields.get(name);
  }

  /** @throws NotRecorded always: the stages that call it are not compiled for recorded requests */
  hasAny(): boolean {
    throw new NotRecorded('header fields');
  }

  copyBody(): void {
    // There is no body.
  }

  reply(reply: Reply | Problem): void {
    this.own = reply;
    this.status = reply.status;
  }

  cutOff(): void {
    // There is no connection.
  }
}

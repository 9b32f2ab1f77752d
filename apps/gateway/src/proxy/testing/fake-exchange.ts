import { Problem } from '#contracts';
import { Exchange } from '../exchange/exchange.js';
import type { FieldPattern } from '../exchange/field-pattern.js';
import type { Reply } from '../exchange/stage.js';
import { editReply } from '../pipeline/phases.js';

/** An exchange without a client that records its replies. */
export class FakeExchange extends Exchange {
  host: string | undefined = 'gw';
  scheme: 'http' | 'https' = 'http';
  publicHost: string | undefined = 'gw';
  publicTarget = this.target;
  contentLength = -1;
  bodyBytes = 0;
  hasBody = false;
  isBodyConsumed = false;
  isCutOff = false;
  isFromTrustedPeer = false;
  readonly replies: Problem[] = [];

  constructor(
    method = 'GET',
    target = '/api/users/1',
    private readonly fields: Record<string, string> = {},
  ) {
    super(method, target, 'request-id', '10.0.0.1', false);
  }

  header(name: string): string | undefined {
    return this.fields[name];
  }

  copyBody(): void {
    throw new Error('this exchange has no body');
  }

  hasAny({ start }: FieldPattern): boolean {
    return start.test(
      Object.entries(this.fields).reduce((lines, [name, value]) => `${lines}${name}: ${value}\r\n`, '\r\n'),
    );
  }

  reply(reply: Reply | Problem): void {
    const [{ status }] = editReply(this, reply);
    this.status = status;
    if (reply instanceof Problem) this.replies.push(reply);
  }

  cutOff(): void {
    this.isCutOff = true;
  }

  /** Codes of the recorded problems. */
  get codes(): string[] {
    return this.replies.map(({ code }) => code);
  }
}

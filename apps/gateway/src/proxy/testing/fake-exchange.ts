import type { Problem } from '#contracts';
import { Exchange } from '../exchange/exchange.js';

/** An exchange without a client that records its replies. */
export class FakeExchange extends Exchange {
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

  reply(problem: Problem): void {
    this.status = problem.status;
    this.problemCode = problem.code;
    this.replies.push(problem);
  }

  cutOff(): void {
    this.isCutOff = true;
  }

  /** Codes of the recorded problems. */
  get codes(): string[] {
    return this.replies.map(({ code }) => code);
  }
}

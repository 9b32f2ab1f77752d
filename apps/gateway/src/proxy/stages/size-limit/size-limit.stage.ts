import { bodyTooLarge, type Problem } from '#contracts';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { PolicyCounts, Preview, PreviewRequest, Stage } from '../../exchange/stage.js';

/**
 * Limits the size of request bodies. A body that is declared larger is refused at once; the data plane counts one whose
 * size is unknown, and ends the exchange when it passes the limit.
 */
export class SizeLimitStage implements Stage {
  readonly name = 'size-limit';

  /** @param limit in bytes */
  constructor(
    private readonly limit: number,
    private readonly counts: PolicyCounts,
  ) {}

  request(exchange: StageExchange): Problem | undefined {
    if (exchange.contentLength > this.limit || exchange.bodyBytes > this.limit) return this.refusal();
    exchange.bodyLimit = this.limit;
    return undefined;
  }

  complete(exchange: StageExchange, passed: boolean): void {
    if (passed && exchange.bodyBytes <= this.limit) {
      this.counts.allowed += 1;
      return;
    }
    this.counts.refused.add(exchange.contentLength > this.limit ? 'declared' : 'received');
    exchange.refusal = `limits: the request body is larger than ${this.limit} bytes`;
  }

  preview(request: PreviewRequest): Preview {
    const declared = request.header('content-length');
    if (declared !== undefined && Number(declared) > this.limit)
      return {
        decision: 'respond',
        detail: `the request body is larger than ${this.limit} bytes`,
        reply: this.refusal(),
      };
    return { decision: 'continue', detail: `a request body may have ${this.limit} bytes` };
  }

  private refusal(): Problem {
    return bodyTooLarge(`the request body is larger than ${this.limit} bytes`);
  }
}

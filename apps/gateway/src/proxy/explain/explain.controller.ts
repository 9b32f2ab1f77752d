import { Controller, Get, Header, Inject, Query, UseGuards } from '@nestjs/common';
import { DescribeOperation } from '#service-kit';
import { timeNotRecorded } from '../../discovery/index.js';
import { behindPolicyRead } from '../../policy/index.js';
import { ExplainGuard } from './explain.guard.js';
import { ExplainQuery } from './explain.query.js';
import { Explainer, type Explanation } from './explain.js';
import { PastExplainer, type PastExplanation } from './past-explainer.js';

/** Explains which route and instances a request would use. */
@Controller('discovery/explain')
export class ExplainController {
  constructor(
    @Inject(Explainer) private readonly explainer: Explainer,
    @Inject(PastExplainer) private readonly past: PastExplainer,
  ) {}

  @DescribeOperation(
    behindPolicyRead({
      summary: 'Explain which route and instances a request would use',
      query: ExplainQuery,
      problems: [timeNotRecorded],
    }),
  )
  @Get()
  @UseGuards(ExplainGuard)
  @Header('cache-control', 'no-store')
  explain(
    @Query() { method = 'GET', path, header = [], client, at }: ExplainQuery,
  ): Promise<Explanation | PastExplanation> {
    return at === undefined
      ? this.explainer.explain(method, path, header, client)
      : this.past.explain(Date.parse(at), method, path, header, client);
  }
}

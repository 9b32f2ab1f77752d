import { Controller, Get, Header, Inject, Query, UseGuards } from '@nestjs/common';
import { DescribeOperation } from '#service-kit';
import { ExplainGuard } from './explain.guard.js';
import { ExplainQuery } from './explain.query.js';
import { Explainer, type Explanation } from './explain.js';

/** Explains which route and instances a request would use. */
@Controller('discovery/explain')
export class ExplainController {
  constructor(@Inject(Explainer) private readonly explainer: Explainer) {}

  @DescribeOperation({
    summary: 'Explain which route and instances a request would use',
    query: ExplainQuery,
    problems: [401, 403],
  })
  @Get()
  @UseGuards(ExplainGuard)
  @Header('cache-control', 'no-store')
  explain(@Query() { method = 'GET', path, header = [], client }: ExplainQuery): Promise<Explanation> {
    return this.explainer.explain(method, path, header, client);
  }
}

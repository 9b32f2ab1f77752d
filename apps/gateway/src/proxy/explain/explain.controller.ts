import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ExplainQuery } from './explain.query.js';
import { Explainer, type Explanation } from './explain.js';

/** Which route and instances a request would meet. */
@Controller('discovery/explain')
export class ExplainController {
  constructor(@Inject(Explainer) private readonly explainer: Explainer) {}

  @Get()
  explain(@Query() { method = 'GET', path }: ExplainQuery): Explanation {
    return this.explainer.explain(method, path);
  }
}

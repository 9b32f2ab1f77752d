import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { DescribeOperation } from '../docs/describe-operation.js';
import { acceptedType } from '../http/accept.js';
import { EXPOSITION_TYPES, renderExposition } from './exposition.js';
import { familiesOf } from './families-of.js';

const { prometheus: PROMETHEUS, openmetrics: OPEN_METRICS } = EXPOSITION_TYPES;

/** Serves `/metrics` as Prometheus text, or as OpenMetrics if the client prefers it. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @DescribeOperation({
    summary: 'Metrics for Prometheus',
    text: ['text/plain', 'application/openmetrics-text'],
  })
  @Get()
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const families = await familiesOf(this.registry);
    const type = acceptedType(accept, [PROMETHEUS, OPEN_METRICS]) ?? PROMETHEUS;
    void reply.header('vary', 'accept').type(type);
    return renderExposition(families, type === OPEN_METRICS ? 'openmetrics' : 'prometheus');
  }
}

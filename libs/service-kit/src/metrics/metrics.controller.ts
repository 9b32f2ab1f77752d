import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { Answers } from '../docs/answers.js';
import { OPEN_METRICS_TYPE, toOpenMetrics } from './open-metrics.js';

/** Serves `/metrics` as Prometheus text, or as OpenMetrics if the client accepts it. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Answers({ summary: 'Metrics for Prometheus' })
  @Get()
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = await this.registry.metrics();
    const open = accept?.includes('application/openmetrics-text') === true;
    void reply.header('vary', 'accept').type(open ? OPEN_METRICS_TYPE : this.registry.contentType);
    return open ? toOpenMetrics(text) : text;
  }
}

import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { DescribeOperation } from '../docs/describe-operation.js';
import { acceptedType } from '../http/accept.js';
import { OPEN_METRICS_TYPE, toOpenMetrics } from './open-metrics.js';

/** Serves `/metrics` as Prometheus text, or as OpenMetrics if the client accepts it. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @DescribeOperation({ summary: 'Metrics for Prometheus' })
  @Get()
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = await this.registry.metrics();
    const { contentType } = this.registry;
    const type = acceptedType(accept, [contentType, OPEN_METRICS_TYPE]) ?? contentType;
    void reply.header('vary', 'accept').type(type);
    return type === OPEN_METRICS_TYPE ? toOpenMetrics(text) : text;
  }
}

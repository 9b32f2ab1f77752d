import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { acceptedType, DescribeOperation } from '#service-kit';
import { ProcessMetrics } from './exposition/process-families.js';
import { registryFamilies } from './exposition/registry-families.js';
import { renderOpenMetrics, renderPrometheus } from './exposition/render.js';
import { trafficFamilies } from './exposition/traffic-families.js';
import { INSTANCE_DIRECTORY, type InstanceDirectory } from './instance-directory.js';
import { metricsReport } from './json-report.js';
import { TrafficMetrics } from './traffic-metrics.js';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
const JSON_REPORT = 'application/json';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Serves `/metrics` of the gateway. */
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(TrafficMetrics) private readonly traffic: TrafficMetrics,
    @Inject(ProcessMetrics) private readonly process: ProcessMetrics,
    @Inject(INSTANCE_DIRECTORY) private readonly directory: InstanceDirectory,
  ) {}

  @DescribeOperation({ summary: 'Metrics as Prometheus text, OpenMetrics or JSON, selected by Accept' })
  @Get()
  async read(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('vary', 'accept').header('cache-control', 'no-store');
    const type = acceptedType(accept, [PROMETHEUS, JSON_REPORT, OPEN_METRICS]);
    if (type === JSON_REPORT) return void reply.send(metricsReport(this.traffic, this.directory));
    const families = [
      ...registryFamilies(this.traffic, this.directory),
      ...trafficFamilies(this.traffic, this.directory),
      ...(await this.process.families()),
    ];
    if (type === OPEN_METRICS) void reply.type(OPEN_METRICS).send(renderOpenMetrics(families));
    else void reply.type(PROMETHEUS).send(renderPrometheus(families));
  }
}

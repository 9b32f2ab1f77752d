import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import {
  acceptedType,
  DescribeOperation,
  EXPOSITION_TYPES,
  familiesOf,
  renderExposition,
  type MetricFamily,
} from '#service-kit';
import { INSTANCE_DIRECTORY, type InstanceDirectory } from './instance-directory.js';
import { metricsReport } from './json-report.js';
import { registryFamilies } from './registry-families.js';
import { serviceFamilies } from './service-families.js';
import { TrafficMetrics } from './traffic-metrics.js';
import { upstreamFamilies } from './upstream-families.js';
import { versionFamilies } from './version-families.js';

const { prometheus: PROMETHEUS, openmetrics: OPEN_METRICS } = EXPOSITION_TYPES;
const JSON_REPORT = 'application/json';

/** The injection token of the families of other modules. */
export const FURTHER_FAMILIES = Symbol('further metric families');

/** Serves `/metrics` of the gateway. */
@Controller('metrics')
export class GatewayMetricsController {
  constructor(
    @Inject(TrafficMetrics) private readonly traffic: TrafficMetrics,
    private readonly process: Registry,
    @Inject(INSTANCE_DIRECTORY) private readonly directory: InstanceDirectory,
    @Inject(FURTHER_FAMILIES) private readonly furtherFamilies: () => readonly MetricFamily[],
  ) {}

  @DescribeOperation({ summary: 'Metrics as Prometheus text, OpenMetrics or JSON, selected by Accept' })
  @Get()
  async read(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('vary', 'accept').header('cache-control', 'no-store');
    const type = acceptedType(accept, [PROMETHEUS, JSON_REPORT, OPEN_METRICS]) ?? PROMETHEUS;
    if (type === JSON_REPORT) return void reply.send(metricsReport(this.traffic, this.directory));
    const families = [
      ...registryFamilies(this.traffic, this.directory),
      ...serviceFamilies(this.traffic),
      ...versionFamilies(this.traffic.services, this.directory),
      ...upstreamFamilies(this.traffic.services, this.directory),
      ...this.furtherFamilies(),
      ...(await familiesOf(this.process)),
    ];
    const format = type === OPEN_METRICS ? 'openmetrics' : 'prometheus';
    void reply.type(type).send(renderExposition(families, format));
  }
}

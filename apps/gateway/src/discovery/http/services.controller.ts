import { Controller, Get, Inject } from '@nestjs/common';
import type { ServiceSummary } from '#contracts';
import { DescribeOperation } from '#service-kit';
import { LiveServiceTable, type ServiceEntry } from '../model/service-table.js';
import { SERVICES } from './schemas.js';
import { SERVICE_TRAFFIC, type ServiceTraffic } from './service-traffic.js';

/** The services that the gateway forwards to. */
@Controller('services')
export class ServicesController {
  constructor(
    private readonly table: LiveServiceTable,
    @Inject(SERVICE_TRAFFIC) private readonly trafficOf: ServiceTraffic,
  ) {}

  @DescribeOperation({ summary: 'List services', body: SERVICES })
  @Get()
  list(): readonly ServiceSummary[] {
    return this.table.current.entries.map((entry) => ({
      ...summaryOf(entry),
      traffic: this.trafficOf(entry),
    }));
  }
}

/** A service as `GET /services` returns it. */
const summaryOf = ({ name, instances, lastSeenAt }: ServiceEntry): Omit<ServiceSummary, 'traffic'> => ({
  name,
  lastSeenAt: new Date(lastSeenAt ?? Date.now()).toISOString(),
  instances: {
    total: instances.length,
    healthy: instances.filter(({ status }) => status === 'up').length,
  },
  versions: [...new Set(instances.map(({ version }) => version))].sort(),
  endpoint: `/api/${name}`,
});

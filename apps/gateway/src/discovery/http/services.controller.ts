import { Controller, Get } from '@nestjs/common';
import type { ServiceSummary } from '#contracts';
import { DescribeOperation } from '#service-kit';
import { LiveServiceTable, type ServiceEntry } from '../model/service-table.js';
import { SERVICES } from './schemas.js';

/** The services that the gateway forwards to. */
@Controller('services')
export class ServicesController {
  constructor(private readonly table: LiveServiceTable) {}

  @DescribeOperation({ summary: 'List services', body: SERVICES })
  @Get()
  list(): readonly ServiceSummary[] {
    return this.table.current.entries.map(summaryOf);
  }
}

/** A service as `GET /services` returns it. */
const summaryOf = ({ name, instances, lastSeenAt }: ServiceEntry): ServiceSummary => ({
  name,
  lastSeenAt: new Date(lastSeenAt ?? Date.now()).toISOString(),
  instances: {
    total: instances.length,
    healthy: instances.filter(({ status }) => status === 'up').length,
  },
  versions: [...new Set(instances.map(({ version }) => version))].sort(),
  endpoint: `/api/${name}`,
});

import { Controller, Get } from '@nestjs/common';
import type { ServiceSummary } from '#contracts';
import { DescribeOperation } from '#service-kit';
import { LiveServiceTable } from '../model/service-table.js';
import { SERVICES } from './schemas.js';
import { summaryOf } from './service-summary.js';

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

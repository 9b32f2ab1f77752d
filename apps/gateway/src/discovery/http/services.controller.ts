import { Controller, Get } from '@nestjs/common';
import type { ServiceSummary } from '#contracts';
import { LiveServiceTable } from '../service-table.js';
import { summaryOf } from '../view/service-summary.js';

/** The services that the gateway forwards to. */
@Controller('services')
export class ServicesController {
  constructor(private readonly table: LiveServiceTable) {}

  @Get()
  list(): readonly ServiceSummary[] {
    return this.table.current.entries.map(summaryOf);
  }
}

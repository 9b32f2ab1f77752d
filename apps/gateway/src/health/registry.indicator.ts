import { Injectable } from '@nestjs/common';
import type { HealthIndicator } from '#service-kit';
import { LiveServiceTable, RegistryService } from '../discovery/index.js';

/** Without its registry a gateway knows nobody to forward to. */
@Injectable()
export class RegistryIndicator implements HealthIndicator {
  readonly name = 'registry';
  readonly required = true;

  constructor(
    private readonly registry: RegistryService,
    private readonly table: LiveServiceTable,
  ) {}

  async check(): Promise<Readonly<Record<string, unknown>>> {
    await this.registry.check();
    const { entries } = this.table.current;
    return {
      services: entries.length,
      instances: entries.reduce((sum, { instances }) => sum + instances.length, 0),
    };
  }
}

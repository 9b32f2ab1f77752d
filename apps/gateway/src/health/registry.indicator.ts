import { Injectable } from '@nestjs/common';
import { PublicHealthError, type HealthIndicator } from '#service-kit';
import { LiveServiceTable, RegistryService } from '../discovery/index.js';

/**
 * A gateway whose registry is unavailable keeps forwarding to known instances. The indicator reports the failure,
 * because no instance can register meanwhile.
 */
@Injectable()
export class RegistryIndicator implements HealthIndicator {
  readonly name = 'registry';
  readonly required = false;

  constructor(
    private readonly registry: RegistryService,
    private readonly table: LiveServiceTable,
  ) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    const { unavailableReason } = this.registry;
    if (unavailableReason !== undefined) {
      const source = this.registry.isComplete ? '' : '; serving the snapshot of an earlier run';
      return Promise.reject(new PublicHealthError(`registry unavailable (${unavailableReason})${source}`));
    }
    const { entries } = this.table.current;
    return Promise.resolve({
      services: entries.length,
      instances: entries.reduce((sum, { instances }) => sum + instances.length, 0),
    });
  }
}

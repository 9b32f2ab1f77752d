import { Injectable } from '@nestjs/common';
import { PublicHealthError, type HealthIndicator } from '#service-kit';
import { LiveServiceTable, RegistryService } from '../discovery/index.js';

/**
 * Whether the gateway has a service table. A gateway that started while its registry was unreachable, and without a
 * snapshot of an earlier run, has none: it returns 503 for every service until the registry is reachable.
 */
@Injectable()
export class ServiceTableIndicator implements HealthIndicator {
  readonly name = 'service-table';
  readonly required = true;

  constructor(
    private readonly registry: RegistryService,
    private readonly table: LiveServiceTable,
  ) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    const { isComplete, unavailableSince } = this.registry;
    if (isComplete || unavailableSince === undefined) return Promise.resolve({ source: 'registry' });
    if (this.table.current.entries.length > 0) return Promise.resolve({ source: 'snapshot' });
    return Promise.reject(
      new PublicHealthError('registry not reached since start, and no snapshot available'),
    );
  }
}

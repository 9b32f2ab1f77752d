import { Injectable } from '@nestjs/common';
import type { HealthIndicator } from '#service-kit';
import { LiveServiceTable, type ServiceEntry } from '../discovery/index.js';

const detailOf = ({ name, instances, available, lastSeenAt }: ServiceEntry) =>
  [
    name,
    {
      status: available.length > 0 ? 'up' : 'down',
      instances: instances.length,
      available: available.length,
      ...(lastSeenAt !== undefined && { lastSeenAt: new Date(lastSeenAt).toISOString() }),
    },
  ] as const;

/** Reports each service as a detail. A dead service does not affect the health of the gateway itself. */
@Injectable()
export class ServicesIndicator implements HealthIndicator {
  readonly name = 'services';
  readonly required = false;

  constructor(private readonly table: LiveServiceTable) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    return Promise.resolve({ services: Object.fromEntries(this.table.current.entries.map(detailOf)) });
  }
}

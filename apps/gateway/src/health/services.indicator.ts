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

/** Each service as detail: a dead service is the service's trouble, the gateway itself is well. */
@Injectable()
export class ServicesIndicator implements HealthIndicator {
  readonly name = 'services';
  readonly required = false;

  constructor(private readonly table: LiveServiceTable) {}

  check(): Promise<Readonly<Record<string, unknown>>> {
    return Promise.resolve({ services: Object.fromEntries(this.table.current.entries.map(detailOf)) });
  }
}

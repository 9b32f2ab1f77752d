import type { ServiceSummary } from '#contracts';
import type { ServiceEntry } from '../model/service-table.js';

/** A service as `GET /services` returns it. */
export const summaryOf = ({ name, instances, lastSeenAt }: ServiceEntry): ServiceSummary => ({
  name,
  lastSeenAt: new Date(lastSeenAt ?? Date.now()).toISOString(),
  instances: {
    total: instances.length,
    healthy: instances.filter(({ status }) => status === 'up').length,
  },
  versions: [...new Set(instances.map(({ version }) => version))].sort(),
  endpoint: `/api/${name}`,
});

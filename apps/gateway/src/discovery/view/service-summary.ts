import type { ServiceSummary } from '#contracts';
import type { ServiceEntry } from '../service-table.js';

/** A service as `GET /services` answers it. */
export const summaryOf = ({ name, instances }: ServiceEntry): ServiceSummary => ({
  name,
  instances: {
    total: instances.length,
    healthy: instances.filter(({ status }) => status === 'up').length,
  },
  versions: [...new Set(instances.map(({ version }) => version))].sort(),
  endpoint: `/api/${name}`,
});

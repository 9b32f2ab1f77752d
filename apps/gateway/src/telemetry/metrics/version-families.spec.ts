import type { RouteTraffic } from '#contracts';
import { renderExposition } from '#service-kit';
import type { InstanceDirectory } from './instance-directory.js';
import { TrafficMetrics } from './traffic-metrics.js';
import { versionFamilies } from './version-families.js';

const TRAFFIC: readonly RouteTraffic[] = [
  {
    route: null,
    versions: [
      { version: '1.0.0', weight: 95, share: 1, instances: { total: 2, healthy: 2 } },
      { version: '2.0.0', weight: 5, share: 0, instances: { total: 1, healthy: 0 } },
    ],
  },
  {
    route: 'preview',
    versions: [{ version: '2.0.0', weight: 1, share: 0, instances: { total: 1, healthy: 0 } }],
  },
];

const directory: InstanceDirectory = {
  services: ['orders', 'users'].map((name) => ({ name, instances: [], available: [] })),
  isRegistryUp: true,
  onEjection: () => undefined,
  loadsOf: () => undefined,
  trafficOf: (service) => (service === 'users' ? TRAFFIC : []),
};

describe('The metrics of versions', () => {
  it('have the requests, availability and share of each version by route', () => {
    const traffic = new TrafficMetrics();
    const users = traffic.service('users');
    for (const status of [200, 200, 503, 0]) users.version('', '1.0.0').statuses.add(status);
    users.version('preview', '2.0.0').statuses.add(200);
    const lines = renderExposition(versionFamilies(traffic.services, directory), 'prometheus')
      .split('\n')
      .filter((line) => line.startsWith('gateway_'));
    expect(lines).toEqual([
      'gateway_version_requests_total{service="users",route="",version="1.0.0",code="200"} 2',
      'gateway_version_requests_total{service="users",route="",version="1.0.0",code="503"} 1',
      'gateway_version_requests_total{service="users",route="",version="1.0.0",code="none"} 1',
      'gateway_version_requests_total{service="users",route="preview",version="2.0.0",code="200"} 1',
      'gateway_version_available{service="users",route="",version="1.0.0"} 1',
      'gateway_version_available{service="users",route="",version="2.0.0"} 0',
      'gateway_version_available{service="users",route="preview",version="2.0.0"} 0',
      'gateway_version_share{service="users",route="",version="1.0.0"} 1',
      'gateway_version_share{service="users",route="",version="2.0.0"} 0',
      'gateway_version_share{service="users",route="preview",version="2.0.0"} 0',
    ]);
  });
});

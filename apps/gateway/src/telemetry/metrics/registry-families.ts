import { INSTANCE_STATUSES } from '#contracts';
import { counterFamily, gaugeFamily, type MetricFamily } from '#service-kit';
import { GATEWAY_VERSION } from '../../config/gateway.version.js';
import type { InstanceDirectory } from './instance-directory.js';
import { EJECTION_REASONS } from './series.js';
import type { TrafficMetrics } from './traffic-metrics.js';

/**
 * Metrics of the registry as seen by this gateway. Every status and reason has a series, also at 0, because alerts
 * need a value to compare.
 */
export function registryFamilies(traffic: TrafficMetrics, directory: InstanceDirectory): MetricFamily[] {
  const { services, isRegistryUp } = directory;
  return [
    gaugeFamily(
      'gateway_instances',
      'Instances in the registry, by status.',
      services.flatMap(({ name: service, instances }) =>
        INSTANCE_STATUSES.map(
          (status) =>
            [{ service, status }, instances.filter((each) => each.status === status).length] as const,
        ),
      ),
    ),
    gaugeFamily(
      'gateway_service_available',
      'Whether at least one instance of a service can receive requests.',
      services.map(({ name: service, available }) => [{ service }, Number(available.length > 0)] as const),
    ),
    counterFamily(
      'gateway_ejections',
      'Instances ejected from rotation by this gateway, by reason: connect_failure, unresponsive, outlier or health_check.',
      services.flatMap(({ name: service }) =>
        EJECTION_REASONS.map((reason) => [{ service, reason }, traffic.ejections(service, reason)] as const),
      ),
    ),
    gaugeFamily('gateway_registry_up', 'Whether the registry accepts writes; 0 while Redis is unavailable.', [
      [{}, Number(isRegistryUp)],
    ]),
    gaugeFamily('gateway_build_info', 'Version of the gateway and of Node.js; always 1.', [
      [{ version: GATEWAY_VERSION, node_version: process.versions.node }, 1],
    ]),
  ];
}

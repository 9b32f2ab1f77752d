import type { RouteTraffic, VersionTraffic } from '#contracts';
import { counterFamily, gaugeFamily, type LabelledValue, type MetricFamily } from '#service-kit';
import type { InstanceDirectory } from './instance-directory.js';
import { codeOf, type ServiceSeries } from './series.js';

/** Metrics of versions among which routes of the policy file divide their requests; none without such routes. */
export function versionFamilies(
  services: readonly ServiceSeries[],
  directory: InstanceDirectory,
): readonly MetricFamily[] {
  const each = (value: (version: VersionTraffic) => number): LabelledValue[] =>
    directory.services.flatMap(({ name }) =>
      directory.trafficOf(name).flatMap((traffic) => valuesOf(name, traffic, value)),
    );
  return [
    counterFamily(
      'gateway_version_requests',
      'Exchanges that ended, by the version that got them and status code; empty route: the service itself.',
      services.flatMap(byVersion),
    ),
    gaugeFamily(
      'gateway_version_available',
      'Whether a version that a route sends requests to has a healthy instance.',
      each(({ instances }) => Number(instances.healthy > 0)),
    ),
    gaugeFamily(
      'gateway_version_share',
      'Share of the cohorts of a route that a version has now, from 0 to 1; 0 without an instance in rotation.',
      each(({ share }) => share),
    ),
  ];
}

const valuesOf = (
  service: string,
  { route, versions }: RouteTraffic,
  value: (version: VersionTraffic) => number,
): LabelledValue[] =>
  versions.map((each) => [{ service, route: route ?? '', version: each.version }, value(each)]);

const byVersion = ({ name: service, versions }: ServiceSeries): LabelledValue[] =>
  versions.flatMap(({ route, version, statuses }) =>
    Array.from(statuses.entries(), ([status, count]): LabelledValue => [
      { service, route, version, code: codeOf(status) },
      count,
    ]),
  );

import { familiesOf, processRegistry, renderExposition } from '#service-kit';
import { ended } from '../testing/ended-exchange.js';
import type { InstanceDirectory } from './instance-directory.js';
import { metricsReport } from './json-report.js';
import { serviceFamilies } from './service-families.js';
import { parseExposition } from './testing/parse-exposition.js';
import { TrafficMetrics } from './traffic-metrics.js';
import { upstreamFamilies } from './upstream-families.js';

const MINUTE = 60_000;

function busyTraffic(): TrafficMetrics {
  const traffic = new TrafficMetrics();
  for (const [name, id] of [
    ['users', 'a'],
    ['users', 'b'],
    ['orders', 'c\n"\\'],
  ] as const) {
    const service = traffic.service(name);
    for (const exchange of [
      ended(),
      ended({ status: 404, durationMs: 0.2 }),
      ended({ status: 502, attempts: 3, problemCode: 'upstream-unreachable' }),
    ]) {
      service.record(exchange);
      service.instance(id).record(exchange);
    }
    service.instance(id).failures.add('refused');
  }
  traffic.service('users').record(ended({ status: 0, ending: 'client-left' }));
  traffic.service('users').record(ended({ status: 204, attempts: 2, hedge: { outcome: 'won' } }));
  traffic.service('users').record(ended({ status: 204, hedge: { outcome: undefined } }));
  traffic.service('users').breaker = 'open';
  traffic.rejections.add('unknown-service');
  return traffic;
}

const directory: InstanceDirectory = {
  services: [],
  isRegistryUp: true,
  onEjection: () => undefined,
  trafficOf: () => [],
  loadsOf: (service) =>
    service === 'users'
      ? new Map([
          ['a', 2],
          ['b', 0],
        ])
      : undefined,
};

describe('exposition', () => {
  const traffic = busyTraffic();
  const families = [...serviceFamilies(traffic), ...upstreamFamilies(traffic.services, directory)];

  it('is valid, including process metrics, and contains all counts', async () => {
    const all = [...families, ...(await familiesOf(processRegistry()))];
    const samples = parseExposition(renderExposition(all, 'prometheus'));
    const valueOf = (name: string, labels: Record<string, string>) =>
      samples.find((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))
        ?.value;
    expect(valueOf('gateway_requests_total', { service: 'users', code: '200' })).toBe(2);
    expect(valueOf('gateway_requests_total', { service: 'users', code: 'none' })).toBe(1);
    expect(valueOf('gateway_problems_total', { service: '', problem: 'unknown-service' })).toBe(1);
    expect(valueOf('gateway_problems_total', { service: 'users', problem: 'upstream-unreachable' })).toBe(2);
    expect(valueOf('gateway_endings_total', { service: 'users', ending: 'client-left' })).toBe(1);
    expect(valueOf('gateway_retries_total', { service: 'users' })).toBe(4);
    expect(valueOf('gateway_hedges_total', { service: 'users', outcome: 'won' })).toBe(1);
    expect(valueOf('gateway_breaker_state', { service: 'users' })).toBe(2);
    expect(valueOf('gateway_breaker_state', { service: 'orders' })).toBeUndefined();
    expect(valueOf('gateway_request_duration_seconds_bucket', { service: 'orders', le: '0.00025' })).toBe(1);
    expect(valueOf('gateway_request_duration_seconds_count', { service: 'orders' })).toBe(3);
    expect(
      valueOf('gateway_upstream_requests_total', { service: 'orders', upstream: 'c\n"\\', code: '5xx' }),
    ).toBe(1);
    expect(
      valueOf('gateway_upstream_failures_total', { service: 'users', upstream: 'a', kind: 'refused' }),
    ).toBe(1);
    expect(valueOf('gateway_upstream_requests_in_flight', { service: 'users', upstream: 'a' })).toBe(2);
    expect(samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(samples.some(({ name }) => name === 'process_cpu_seconds_total')).toBe(true);
  });

  it('exposes upstream metrics also under their earlier names and labels, marked deprecated', () => {
    const text = renderExposition(families, 'prometheus');
    const help = (name: string) => new RegExp(`# HELP ${name} (.*)`).exec(text)?.[1];
    for (const suffix of [
      'requests_total',
      'failures_total',
      'request_duration_seconds',
      'requests_in_flight',
    ])
      expect(help(`gateway_instance_${suffix}`)).toMatch(`Deprecated: use gateway_upstream_${suffix}.`);
    expect(text).toContain('gateway_instance_requests_total{service="users",instance="a",class="5xx"} 1\n');
    expect(text).toContain('gateway_instance_requests_in_flight{service="users",instance="a"} 2\n');
  });

  it('names OpenMetrics families without _total, and ends with EOF', async () => {
    const text = renderExposition([...families, ...(await familiesOf(processRegistry()))], 'openmetrics');
    parseExposition(text);
    expect(text).toMatch(/# TYPE gateway_requests counter\ngateway_requests_total\{/);
    expect(text).not.toMatch(/# TYPE \S+_total counter/);
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });
});

describe('metricsReport', () => {
  it('contains totals, errors, percentiles and load by service and instance', () => {
    const { services, rejections } = metricsReport(busyTraffic(), directory);
    expect(rejections).toEqual({ 'unknown-service': 1 });
    expect(services.map(({ name }) => name)).toEqual(['orders', 'users']);
    expect(services[1]).toMatchObject({
      requests: 9,
      errors: 2,
      inFlight: 2,
      retries: 4,
      hedges: { won: 1 },
      statuses: { 0: 1, 200: 2, 204: 2, 404: 2, 502: 2 },
      problems: { 'upstream-unreachable': 2 },
      instances: [
        { id: 'a', requests: 3, errors: 1, inFlight: 2, failures: { refused: 1 } },
        { id: 'b', requests: 3, inFlight: 0 },
      ],
    });
    const { p50, p95, p99 } = services[1]!.latencyMs;
    expect(p50).toBeGreaterThan(2.5);
    expect(p95).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(4);
  });
});

describe('TrafficMetrics', () => {
  it('excludes tunnels from latencies and counts open ones', () => {
    const service = new TrafficMetrics().service('users');
    service.tunnelsOpen += 1;
    service.record(ended({ status: 101, isTunnel: true, durationMs: 1e7 }));
    expect([service.tunnelsOpen, service.latency.count, service.statuses.total]).toEqual([0, 0, 1]);
  });

  it('drops services and instances five minutes after they left the registry, unless they return', () => {
    const traffic = busyTraffic();
    let users: ReadonlyMap<string, number> | undefined = new Map([['a', 0]]);
    const changing: InstanceDirectory = {
      ...directory,
      loadsOf: (name) => (name === 'users' ? users : undefined),
    };
    const names = () =>
      traffic.services.map(({ name, instances }) => `${name}: ${[...instances.keys()].join('')}`);
    traffic.dropStale(changing, 0);
    users = new Map([['b', 0]]);
    traffic.dropStale(changing, 4 * MINUTE);
    expect(names()).toHaveLength(2);
    traffic.dropStale(changing, 5 * MINUTE);
    expect(names()).toEqual(['users: ab']);
    traffic.dropStale(changing, 9 * MINUTE);
    expect(names()).toEqual(['users: b']);
    users = undefined;
    traffic.dropStale(changing, 10 * MINUTE);
    traffic.dropStale(changing, 15 * MINUTE);
    expect(names()).toEqual([]);
  });
});

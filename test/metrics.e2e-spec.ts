import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  call,
  findProgram,
  MOUNTS,
  onPrograms,
  ROOT,
  SERVICES,
  startPrometheus,
  startSystem,
  tempDir,
  waitFor,
  type RunningSystem,
  type TestPrometheus,
} from '#testing';

const APPS = ['gateway', ...SERVICES];
const STATUSES = ['starting', 'up', 'down', 'draining'];

/** What `promtool check metrics` reports about an exposition; empty when it is clean. */
function lint(exposition: string): string {
  const { stdout, stderr, status } = spawnSync(findProgram('promtool')!, ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

const MONITORING = join(ROOT, 'docker/monitoring');

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** The expressions of the Grafana dashboard for any service, and of the alert rules. */
function expressions(): [title: string, expression: string][] {
  const dashboard = JSON.parse(
    readFileSync(join(MONITORING, 'grafana/dashboards/msa-gateway.json'), 'utf8'),
  ) as { panels: readonly Panel[] };
  const { groups } = parse(readFileSync(join(MONITORING, 'alerts.yml'), 'utf8')) as {
    groups: readonly { rules: readonly { alert: string; expr: string }[] }[];
  };
  return [
    ...dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }): [string, string] => [title, expr.replaceAll('$service', '.*')]),
    ),
    ...groups.flatMap(({ rules }) => rules.map(({ alert, expr }): [string, string] => [alert, expr])),
  ];
}

/** The series of a gateway, of services and of Node.js that an expression names. */
const seriesIn = (expression: string): string[] => [
  ...new Set(expression.match(/\b(gateway|nodejs|process|http|events)_\w+/g) ?? []),
];

onPrograms(['prometheus', 'promtool'], 'metrics', () => {
  it.each([
    ['check', 'rules', 'alerts.yml'],
    ['check', 'config', '--syntax-only', 'prometheus.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])('promtool %s %s passes', (...args) => {
    const file = join(MONITORING, args.pop()!);
    const { status, stdout, stderr } = spawnSync(findProgram('promtool')!, [...args, file], {
      encoding: 'utf8',
    });
    expect([status, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('alert on series that exist, and are tested', () => {
    const reference = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
    const bare = (series: string): string => series.replace(/_(bucket|sum|count)$/, '');
    const unknown = expressions()
      .flatMap(([, expression]) => seriesIn(expression))
      .filter((series) => series.startsWith('gateway_') && !reference.includes(`\`${bare(series)}`));
    expect(unknown).toEqual([]);
    const tests = readFileSync(join(MONITORING, 'alerts.test.yml'), 'utf8');
    const alerts = readFileSync(join(MONITORING, 'alerts.yml'), 'utf8').match(/(?<=alert: )\w+/g)!;
    expect(alerts.filter((alert) => !tests.includes(`alertname: ${alert}\n`))).toEqual([]);
  });

  describe.each(MOUNTS)('of the system as %s', (mount) => {
    const data = tempDir();
    let system: RunningSystem;
    let prometheus: TestPrometheus;

    beforeAll(async () => {
      system = await startSystem(mount, { DATA_DIR: data.path });
      await call(system.url, 'GET /api/user-service/users');
      await call(system.url, 'GET /api/no-such-service');
      await call(system.url, 'POST /discovery/register', {
        body: { name: 'away', url: 'http://127.0.0.1:1' },
      });
      await call(system.url, 'GET /api/away');
      prometheus = await startPrometheus(Object.fromEntries(APPS.map((app) => [app, system.urlOf(app)])));
      await waitFor(
        'every target to be scraped',
        async () => (await prometheus.query('up == 1')).length === APPS.length,
      );
    });

    afterAll(async () => {
      await prometheus.stop();
      await system.process.stop();
      data.remove();
    });

    const valuesOf = async (expression: string, label: string) =>
      Object.fromEntries(
        (await prometheus.query(expression)).map(({ labels, value }) => [labels[label]!, value]),
      );

    it.each(APPS)('satisfy promtool: %s', async (app) => {
      const { body } = await call(system.urlOf(app), 'GET /metrics');
      expect(lint(body as string)).toBe('');
    });

    it('are documented in docs/reference/metrics.md', async () => {
      const reference = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
      const { body } = await call(system.url, 'GET /metrics');
      const families = [...(body as string).matchAll(/^# TYPE (gateway_(?!instance_)\w+)/gm)];
      const names = families.map(([, name]) => name!);
      expect(names.filter((name) => !new RegExp(`\`${name}[\`{]`).test(reference))).toEqual([]);
    });

    it.each(expressions())('can be queried for %s: %s', async (_title, expression) => {
      await expect(prometheus.query(expression)).resolves.toBeDefined();
    });

    it('have values for the panels of a system without faults', async () => {
      const panels = ['sum(rate(gateway_requests_total{service=~".*"}[1m]))', 'gateway_instances', 'up'];
      for (const expression of panels)
        await waitFor(expression, async () => (await prometheus.query(expression)).length > 0);
    });

    it('report every instance by status, and whether a service is available', async () => {
      expect(await valuesOf('gateway_instances{service="away"}', 'status')).toEqual(
        Object.fromEntries(STATUSES.map((status) => [status, status === 'down' ? 1 : 0])),
      );
      expect(await valuesOf('gateway_instances{status="up"}', 'service')).toEqual({
        away: 0,
        ...Object.fromEntries(SERVICES.map((name) => [name, 1])),
      });
      expect(await valuesOf('gateway_service_available', 'service')).toEqual({
        away: 0,
        ...Object.fromEntries(SERVICES.map((name) => [name, 1])),
      });
      expect(await valuesOf('gateway_ejections_total{service="away"}', 'reason')).toMatchObject({
        connect_failure: 1,
        outlier: 0,
      });
    });

    it('name the upstream labels so that none collides with a label of Prometheus', async () => {
      expect(await prometheus.query('gateway_upstream_requests_total')).not.toEqual([]);
      expect(await prometheus.query('{exported_instance!="",__name__!~"gateway_instance_.*"}')).toEqual([]);
    });

    it('expose each process once', async () => {
      const processes = mount === 'monolith' ? ['gateway'] : [...APPS];
      const jobs = Object.keys(await valuesOf('process_cpu_seconds_total', 'job'));
      expect(jobs.sort()).toEqual(processes.sort());
      expect(Object.keys(await valuesOf('nodejs_eventloop_lag_p99_seconds', 'job')).sort()).toEqual(
        processes,
      );
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SERVICES } from '#testing';
import {
  manifestFiles,
  readKustomization,
  readManifests,
  type Manifest,
  type PodSpec,
} from './support/manifests.js';

const APPS = ['gateway', ...SERVICES];

const manifests = readManifests();
const ofKind = (...kinds: string[]): readonly Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));
const podOf = ({ spec }: Manifest): PodSpec => spec.template!.spec;
const secretsOf = ({ volumes }: PodSpec): readonly string[] =>
  volumes.flatMap(({ secret, projected }) => [
    ...(secret ? [secret.secretName] : []),
    ...(projected?.sources.map((source) => source.secret.name) ?? []),
  ]);

const workloads = ofKind('Deployment', 'StatefulSet').map(
  (workload) => [workload.metadata.name, workload] as const,
);
const apps = workloads.filter(([name]) => APPS.includes(name));

describe('docker/k8s', () => {
  it('lists every manifest of the folder', () => {
    expect([...readKustomization().resources].sort()).toEqual([...manifestFiles()].sort());
  });

  it('sets the version of every project image in one place', () => {
    const named = readKustomization().images.map(({ name }) => name);
    expect(apps.map(([name]) => `msa-gateway/${name}`).sort()).toEqual([...named].sort());
  });

  it('contains no secret', () => {
    expect(ofKind('Secret')).toEqual([]);
    const values = workloads.flatMap(([, workload]) =>
      podOf(workload).containers.flatMap(({ env = [] }) => env),
    );
    expect(
      values.filter(
        ({ name, value }) =>
          /TOKEN|PASSWORD|(DATABASE|REDIS)_URL/.test(name) && !value?.startsWith('/run/secrets/'),
      ),
    ).toEqual([]);
  });

  it.each(workloads)('runs %s without privileges, as its namespace requires', (_name, workload) => {
    const pod = podOf(workload);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.anything() },
        limits: { memory: expect.anything() },
      });
    }
  });

  it.each(workloads)('mounts only declared volumes in %s', (_name, workload) => {
    const pod = podOf(workload);
    const declared = [...pod.volumes.map(({ name }) => name), 'data'];
    expect(
      pod.containers
        .flatMap(({ volumeMounts }) => volumeMounts)
        .filter(({ name }) => !declared.includes(name)),
    ).toEqual([]);
    expect(workload.spec.selector?.matchLabels).toEqual(
      expect.objectContaining({ 'app.kubernetes.io/name': workload.metadata.name }),
    );
  });

  describe.each(apps)('%s', (name, app) => {
    const [container] = podOf(app).containers;

    it('has liveness and readiness probes', () => {
      expect(container).toMatchObject({
        startupProbe: { httpGet: { path: '/health/live' } },
        livenessProbe: { httpGet: { path: '/health/live' } },
        readinessProbe: { httpGet: { path: '/health/ready' } },
      });
    });

    it('is updated without reduced capacity, and has time for a graceful shutdown', () => {
      const settings = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'app-environment')!.data!;
      expect(app.spec.strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
      expect(podOf(app).terminationGracePeriodSeconds).toBeGreaterThan(
        Number(settings.SHUTDOWN_TIMEOUT_SECONDS),
      );
    });

    it('has a disruption budget and an autoscaler', () => {
      const budgets = ofKind('PodDisruptionBudget').filter(({ metadata }) => metadata.name === name);
      expect(budgets.map(({ spec }) => spec.selector)).toEqual([app.spec.selector]);
      const scalers = ofKind('HorizontalPodAutoscaler').filter(
        ({ spec }) => spec.scaleTargetRef?.name === name,
      );
      expect(scalers).toHaveLength(1);
    });

    it('mounts the secrets that its variables name', () => {
      const files = container!.env!.flatMap(({ name: variable, value }) =>
        variable.endsWith('_FILE') ? [value!] : [],
      );
      const mounted = secretsOf(podOf(app)).map((secret) => secret.replaceAll('-', '_'));
      expect(files.length).toBeGreaterThan(1);
      expect(
        files.filter((file) => !mounted.some((secret) => file.startsWith(`/run/secrets/${secret}`))),
      ).toEqual([]);
    });
  });

  it('makes services register the address of their pod', () => {
    const services = apps
      .filter(([name]) => name !== 'gateway')
      .map(([, app]) => podOf(app).containers[0]!.env!);
    for (const env of services) {
      expect(env).toContainEqual({ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } });
      expect(env.find(({ name }) => name === 'ADVERTISED_URL')?.value).toMatch(
        /^http:\/\/\$\(POD_IP\):80\d\d$/,
      );
    }
  });

  it('exposes neither the registry nor metrics publicly', () => {
    const paths = ofKind('Ingress').flatMap(({ spec }) =>
      spec.rules!.flatMap(({ http }) => http.paths.map(({ path }) => path)),
    );
    expect(paths).toContain('/api');
    expect(paths.filter((path) => /discovery|metrics/.test(path))).toEqual([]);
  });

  it('denies all traffic except explicitly allowed connections', () => {
    const policies = ofKind('NetworkPolicy').map(({ metadata }) => metadata.name);
    expect(policies).toEqual(['nothing-by-default', 'names', 'gateway', 'services', 'redis', 'postgres']);
  });

  it('mounts the policy file of the production deployment into the gateway', () => {
    const policies = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'gateway-policies');
    expect(policies?.data?.['gateway.yaml']).toBe(
      readFileSync(join(ROOT, 'docker/policies/gateway.yaml'), 'utf8'),
    );
    const { containers, volumes } = podOf(apps.find(([name]) => name === 'gateway')![1]);
    expect(volumes).toContainEqual({ name: 'policies', configMap: { name: 'gateway-policies' } });
    expect(containers[0]!.volumeMounts).toContainEqual({
      name: 'policies',
      mountPath: '/etc/msa-gateway',
      readOnly: true,
    });
    expect(containers[0]!.env).toContainEqual({
      name: 'GATEWAY_CONFIG',
      value: '/etc/msa-gateway/gateway.yaml',
    });
  });
});

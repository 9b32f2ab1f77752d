import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launchNode, ROOT, SERVICES } from '#testing';
import { readComposeFile, type ComposeService } from './support/compose-file.js';

const FILES = ['docker-compose.yml', 'docker-compose.prod.yml'];
const APPS = ['gateway', ...SERVICES];

const exists = (path: string): boolean => existsSync(join(ROOT, path));
const values = (service: ComposeService): readonly string[] =>
  Object.values(service.environment ?? {}).map(String);

describe.each(FILES)('%s', (path) => {
  const file = readComposeFile(path);
  const names = Object.keys(file.services);
  const each = Object.entries(file.services);

  it('contains the whole system', () => {
    const always = each.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(always.sort()).toEqual([...APPS, 'nginx', 'postgres', 'redis'].sort());
  });

  it.each(each)('configures a health check and a restart policy for %s', (_name, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(0);
    expect(service.restart).toBe('unless-stopped');
  });

  // With short time-outs a busy machine only aborts and restarts checks, and no container becomes healthy.
  it.each(each)('checks the health of %s without node, with a long start period', (_name, service) => {
    const { test, timeout, start_period: startPeriod } = service.healthcheck!;
    expect(test).not.toContain('node');
    expect(parseInt(timeout, 10)).toBeGreaterThanOrEqual(5);
    expect(parseInt(startPeriod, 10)).toBeGreaterThanOrEqual(120);
  });

  it.each(each)('builds and mounts %s from files that exist', (_name, { build, volumes = [] }) => {
    const mounted = volumes
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0]!);
    const built = build ? [build.context, join(build.context, build.dockerfile)] : [];
    expect([...mounted, ...built].filter((name) => !exists(name))).toEqual([]);
  });

  it.each(each)('pins the image of %s to a version', (_name, { image = '' }) => {
    expect(image).toMatch(
      /^(msa-gateway\/[\w-]+:\$\{VERSION:-latest\}|[\w/-]+:(\d+\.?\d*-[\w.-]+|v?\d+\.\d+\.\d+))$/,
    );
  });

  it.each(each)('starts %s after its dependencies are healthy', (_name, { depends_on: needs = {} }) => {
    expect(Object.keys(needs).filter((name) => !names.includes(name))).toEqual([]);
    expect(Object.values(needs).filter(({ condition }) => condition !== 'service_healthy')).toEqual([]);
  });

  it.each(each)(
    'uses only declared networks and volumes for %s',
    (_name, { networks = [], volumes = [] }) => {
      const named = volumes
        .filter((volume) => !volume.startsWith('./'))
        .map((volume) => volume.split(':')[0]!);
      expect(networks.filter((name) => !(name in file.networks))).toEqual([]);
      expect(named.filter((name) => !(name in (file.volumes ?? {})))).toEqual([]);
      expect(networks.length).toBeGreaterThan(0);
    },
  );

  it.each(each)('configures %s only with hosts on a shared network', (name, service) => {
    const hosts = values(service).flatMap((value) => (URL.canParse(value) ? [new URL(value).hostname] : []));
    const unreachable = hosts.filter((host) => !shareNetwork(file.services[host], service) && host !== name);
    expect(unreachable).toEqual([]);
  });

  it('mounts the policy file into the gateway, by its folder, and shares its cache', () => {
    const { environment, volumes } = file.services.gateway!;
    expect(environment).toMatchObject({
      GATEWAY_CONFIG: '/etc/msa-gateway/gateway.yaml',
      GATEWAY_CACHE_REDIS: 'true',
    });
    expect(volumes).toContain('./docker/policies:/etc/msa-gateway:ro');
  });

  it('publishes no host port of an app, so that apps can be scaled', () => {
    expect(APPS.filter((name) => file.services[name]?.ports)).toEqual([]);
  });
});

it('The policy file of the stacks is valid', async () => {
  const check = launchNode('scripts/gateway.mjs', ['check', 'docker/policies/gateway.yaml']);
  expect(await check.exited).toEqual({ code: 0, signal: null });
});

const shareNetwork = (one: ComposeService | undefined, other: ComposeService): boolean =>
  (one?.networks ?? []).some((network) => other.networks?.includes(network));

describe('docker-compose.prod.yml, the public deployment,', () => {
  const { services, networks, secrets = {} } = readComposeFile('docker-compose.prod.yml');
  const each = Object.entries(services);

  it('publishes only ports of nginx', () => {
    expect(each.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['nginx']);
  });

  it('allows outbound access only to nginx', () => {
    const open = Object.keys(networks).filter((name) => networks[name]?.internal !== true);
    const outside = each.filter(([, service]) => service.networks?.some((name) => open.includes(name)));
    expect(outside.map(([name]) => name)).toEqual(['nginx']);
  });

  it('isolates stores from services that do not need them', () => {
    const neighboursOf = (store: string): string[] =>
      each
        .filter(([name, service]) => name !== store && shareNetwork(services[store], service))
        .map(([name]) => name);
    expect(neighboursOf('redis').sort()).toEqual(['gateway', ...SERVICES].sort());
    expect(neighboursOf('postgres').sort()).toEqual(SERVICES);
  });

  it.each(each)(
    'runs %s without privileges, with a read-only file system and resource limits',
    (name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(Object.keys(service.deploy?.resources.limits ?? {}).sort()).toEqual(['cpus', 'memory', 'pids']);
      expect(service.logging?.options).toHaveProperty('max-size');
      // The project's images already set a user.
      if (!APPS.includes(name)) expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    },
  );

  it.each(each)('passes no secret of %s through its environment', (_name, service) => {
    const names = Object.keys(service.environment ?? {});
    expect(
      names.filter((name) => /TOKEN|PASSWORD|_URL|KEY/.test(name) && !/_FILE$|^REGISTRY_URL$/.test(name)),
    ).toEqual([]);
    expect(values(service).filter((value) => /:\/\/[^/]*@/.test(value))).toEqual([]);
  });

  it.each(each)('mounts exactly the secrets that %s reads', (_name, service) => {
    const read = values(service).flatMap((value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? []);
    const granted = service.secrets ?? [];
    expect(granted.filter((name) => !(name in secrets))).toEqual([]);
    expect(read.filter((name) => !granted.includes(name))).toEqual([]);
  });

  it('runs two replicas of every app', () => {
    expect(APPS.map((name) => services[name]?.deploy?.replicas)).toEqual(APPS.map(() => 2));
  });
});

describe('docker-compose.watch.yml', () => {
  it('extends only apps of docker-compose.yml, and mounts existing sources read-only', () => {
    const { services } = readComposeFile('docker-compose.watch.yml');
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    expect(Object.keys(services).sort()).toEqual([...APPS].sort());
    expect(mounts.filter((mount) => !mount.endsWith(':ro') || !exists(mount.split(':')[0]!))).toEqual([]);
  });
});

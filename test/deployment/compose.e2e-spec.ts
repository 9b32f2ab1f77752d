import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#testing';
import { readComposeFile, type ComposeService } from './support/compose-file.js';

const FILES = ['docker-compose.yml', 'docker-compose.prod.yml'];
const APPS = ['gateway', 'user-service', 'order-service', 'product-service'];

const isThere = (path: string): boolean => existsSync(join(ROOT, path));
const values = (service: ComposeService): readonly string[] =>
  Object.values(service.environment ?? {}).map(String);

describe.each(FILES)('%s', (path) => {
  const file = readComposeFile(path);
  const names = Object.keys(file.services);
  const each = Object.entries(file.services);

  it('has the whole system', () => {
    expect(names.sort()).toEqual([...APPS, 'nginx', 'postgres', 'redis'].sort());
  });

  it.each(each)('lets %s be asked how it is, and start again by itself', (_name, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(0);
    expect(service.restart).toBe('unless-stopped');
  });

  // Checks that are cut off and begun again are all that a busy machine then does: nothing of it ever becomes healthy.
  it.each(each)('asks %s how it is without node, and with patience while it starts', (_name, service) => {
    const { test, timeout, start_period: startPeriod } = service.healthcheck!;
    expect(test).not.toContain('node');
    expect(parseInt(timeout, 10)).toBeGreaterThanOrEqual(5);
    expect(parseInt(startPeriod, 10)).toBeGreaterThanOrEqual(120);
  });

  it.each(each)('makes %s of files that exist', (_name, { build, volumes = [] }) => {
    const mounted = volumes
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0]!);
    const built = build ? [build.context, join(build.context, build.dockerfile)] : [];
    expect([...mounted, ...built].filter((name) => !isThere(name))).toEqual([]);
  });

  it.each(each)('pins the image of %s to a version', (_name, { image = '' }) => {
    expect(image).toMatch(/^(msa-gateway\/[\w-]+:\$\{VERSION:-latest\}|[\w/-]+:\d+\.?\d*-[\w.-]+)$/);
  });

  it.each(each)('starts %s when those that it needs are healthy', (_name, { depends_on: needs = {} }) => {
    expect(Object.keys(needs).filter((name) => !names.includes(name))).toEqual([]);
    expect(Object.values(needs).filter(({ condition }) => condition !== 'service_healthy')).toEqual([]);
  });

  it.each(each)(
    'gives %s networks and volumes that are declared',
    (_name, { networks = [], volumes = [] }) => {
      const named = volumes
        .filter((volume) => !volume.startsWith('./'))
        .map((volume) => volume.split(':')[0]!);
      expect(networks.filter((name) => !(name in file.networks))).toEqual([]);
      expect(named.filter((name) => !(name in (file.volumes ?? {})))).toEqual([]);
      expect(networks.length).toBeGreaterThan(0);
    },
  );

  it.each(each)('tells %s only of neighbours that share a network with it', (name, service) => {
    const hosts = values(service).flatMap((value) => (URL.canParse(value) ? [new URL(value).hostname] : []));
    const unreachable = hosts.filter((host) => !shareNetwork(file.services[host], service) && host !== name);
    expect(unreachable).toEqual([]);
  });

  it('leaves room for many of each app: none has a port of the host', () => {
    expect(APPS.filter((name) => file.services[name]?.ports)).toEqual([]);
  });
});

const shareNetwork = (one: ComposeService | undefined, other: ComposeService): boolean =>
  (one?.networks ?? []).some((network) => other.networks?.includes(network));

describe('docker-compose.prod.yml, which strangers can reach,', () => {
  const { services, networks, secrets = {} } = readComposeFile('docker-compose.prod.yml');
  const each = Object.entries(services);

  it('publishes ports of nginx alone', () => {
    expect(each.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['nginx']);
  });

  it('gives a way out to nginx alone', () => {
    const open = Object.keys(networks).filter((name) => networks[name]?.internal !== true);
    const outside = each.filter(([, service]) => service.networks?.some((name) => open.includes(name)));
    expect(outside.map(([name]) => name)).toEqual(['nginx']);
  });

  it('keeps stores from whoever does not need them', () => {
    const neighboursOf = (store: string): string[] =>
      each
        .filter(([name, service]) => name !== store && shareNetwork(services[store], service))
        .map(([name]) => name);
    expect(neighboursOf('redis')).toEqual(['gateway']);
    expect(neighboursOf('postgres')).toEqual(['user-service', 'order-service', 'product-service']);
  });

  it.each(each)(
    'runs %s without rights, without a file system to write to, within limits',
    (name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(Object.keys(service.deploy?.resources.limits ?? {}).sort()).toEqual(['cpus', 'memory', 'pids']);
      expect(service.logging?.options).toHaveProperty('max-size');
      // The images of our own have a user already.
      if (!APPS.includes(name)) expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    },
  );

  it.each(each)('shows no secret of %s in its environment', (_name, service) => {
    const names = Object.keys(service.environment ?? {});
    expect(
      names.filter((name) => /TOKEN|PASSWORD|_URL|KEY/.test(name) && !/_FILE$|^REGISTRY_URL$/.test(name)),
    ).toEqual([]);
    expect(values(service).filter((value) => /:\/\/[^/]*@/.test(value))).toEqual([]);
  });

  it.each(each)('gives %s the secrets that it reads, and only those', (_name, service) => {
    const read = values(service).flatMap((value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? []);
    const given = service.secrets ?? [];
    expect(given.filter((name) => !(name in secrets))).toEqual([]);
    expect(read.filter((name) => !given.includes(name))).toEqual([]);
  });

  it('has two of everything that answers requests', () => {
    expect(APPS.map((name) => services[name]?.deploy?.replicas)).toEqual([2, 2, 2, 2]);
  });
});

describe('docker-compose.watch.yml', () => {
  it('is about apps of docker-compose.yml, and mounts sources that exist, not to be written to', () => {
    const { services } = readComposeFile('docker-compose.watch.yml');
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    expect(Object.keys(services)).toEqual(APPS);
    expect(mounts.filter((mount) => !mount.endsWith(':ro') || !isThere(mount.split(':')[0]!))).toEqual([]);
  });
});

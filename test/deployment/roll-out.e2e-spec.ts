import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as yaml from 'yaml';
import { call, launchNode, tempDir, type LaunchedProcess } from '#testing';
import { rollOut, STEPS, type WeightedInstance } from '../../scripts/stack/upgrade/roll-out.mjs';
import { ServiceRegistry } from '../../scripts/stack/upgrade/service-registry.mjs';
import { VersionTraffic } from '../../scripts/stack/upgrade/version-traffic.mjs';
import { buildOfVersion, ProcessFleet } from './support/process-fleet.js';
import { SteadyLoad } from './support/steady-load.js';

const send = async (gatewayUrl: string, method: string, path: string, body?: object): Promise<unknown> =>
  (
    await call(gatewayUrl, `${method} ${path}`, {
      headers: { accept: 'application/json' },
      ...(body && { body }),
    })
  ).body;

const NEXT = '1.1.0';
const OLD_ONES = 2;

describe('an upgrade of a service under load', () => {
  const next = buildOfVersion(NEXT);
  const data = tempDir();
  let gateway: LaunchedProcess;
  let url: string;
  let registry: ServiceRegistry<string>;
  let fleet: ProcessFleet | undefined;
  let printed: string[];

  const versions = async (): Promise<readonly string[]> =>
    (await registry.instances()).filter(({ status }) => status === 'up').map(({ version }) => version);

  beforeAll(async () => {
    gateway = launchNode('dist/apps/gateway/src/main.js', [], { GATEWAY_PORT: '0' });
    [, url] = (await gateway.waitForOutput(/"app":"gateway","url":"([^"]+)"/)) as unknown as [string, string];
    registry = new ServiceRegistry('user-service', [url], send);
  });
  afterAll(async () => {
    await fleet?.stop();
    await gateway.stop();
    next.remove();
    data.remove();
  });

  beforeEach(async () => {
    printed = [];
    // A rollback leaves the old instances as they were: the next test uses them.
    if (String(await versions()) === '1.0.0,1.0.0') return;
    await fleet?.stop();
    fleet = new ProcessFleet({ REGISTRY_URL: url, DATA_DIR: data.path }, next);
    await fleet.startBefore(OLD_ONES);
  });

  const upgrade = (overrides: Partial<ServiceRegistry<string>> = {}): Promise<void> => {
    const overridden = Object.assign(Object.create(registry) as ServiceRegistry<string>, overrides);
    return rollOut({
      fleet: fleet!,
      registry: overridden,
      print: (line) => printed.push(line),
      pauseMs: 500,
    });
  };

  it('is rolled back without a failed request when the new version fails more often', async () => {
    const before = await registry.instances();
    const load = new SteadyLoad(url);
    const failureRate = (instances: readonly WeightedInstance[]) =>
      Promise.resolve(instances[0]?.version === NEXT ? 0.2 : 0.1);
    await expect(upgrade({ failureRate })).rejects.toThrow(
      'the new instances fail more often than the old ones; the old instances keep running',
    );
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await registry.instances()).toMatchObject(
      before.map(({ id }) => ({ id, weight: 100, status: 'up' })),
    );
    expect(printed.at(-1)).toContain('error rate 10.0 % old, 20.0 % new');
  }, 150_000);

  it('is rolled back when requests find no healthy instance, even though no instance failed', async () => {
    let calls = 0;
    await expect(upgrade({ unserved: () => Promise.resolve(calls++ * 3) })).rejects.toThrow(
      '3 requests found no healthy instance; the old instances keep running',
    );
    expect(await versions()).toEqual(['1.0.0', '1.0.0']);
  }, 150_000);

  it('fails no request, and ends with only the new version', async () => {
    expect(await versions()).toEqual(['1.0.0', '1.0.0']);
    const load = new SteadyLoad(url);
    await upgrade();
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(load.succeeded).toBeGreaterThan(100);
    expect(await versions()).toEqual([NEXT, NEXT]);
    expect((await registry.instances()).map(({ weight }) => weight)).toEqual([100, 100]);
  }, 150_000);

  it('lowers the weight of the old instances step by step, and keeps that of the new ones', async () => {
    const shares: string[] = [];
    const setWeight = async (instances: readonly WeightedInstance[], weight: number): Promise<void> => {
      await registry.setWeight(instances, weight);
      const all = await registry.instances();
      shares.push(all.map((instance) => `${instance.version}: ${instance.weight}`).join(', '));
    };
    await upgrade({ setWeight });
    const share = (weight: number) => `1.0.0: ${weight}, 1.0.0: ${weight}, ${NEXT}: 100, ${NEXT}: 100`;
    expect(shares).toEqual(['1.0.0: 1000, 1.0.0: 1000', ...STEPS.map(share)]);
  }, 150_000);

  it('does not start when no instance runs', async () => {
    await fleet!.retire();
    await expect(upgrade()).rejects.toThrow('there is nothing to replace');
  });
});

describe('an upgrade of a service with a policy file', () => {
  const FILE = `# Policies of the shop.
version: 1
services:
  user-service: # all clients
    auth: none
`;
  const next = buildOfVersion(NEXT);
  const data = tempDir();
  const path = join(data.path, 'gateway.yaml');
  let gateway: LaunchedProcess;
  let url: string;
  let registry: ServiceRegistry<string>;
  let fleet: ProcessFleet;

  beforeAll(async () => {
    writeFileSync(path, FILE);
    gateway = launchNode('dist/apps/gateway/src/main.js', [], { GATEWAY_PORT: '0', GATEWAY_CONFIG: path });
    [, url] = (await gateway.waitForOutput(/"app":"gateway","url":"([^"]+)"/)) as unknown as [string, string];
    registry = new ServiceRegistry('user-service', [url], send);
    fleet = new ProcessFleet({ REGISTRY_URL: url, DATA_DIR: data.path }, next);
    await fleet.startBefore(1);
  });
  afterAll(async () => {
    await fleet.stop();
    await gateway.stop();
    next.remove();
    data.remove();
  });

  it('moves clients by the weights of versions, is rolled back or not, and leaves the file as it was', async () => {
    const weights: string[] = [];
    const upgrade = (failures: number): Promise<void> => {
      const traffic = new VersionTraffic(path, registry, yaml);
      const failureRate = async (instances: readonly WeightedInstance[]) => {
        weights.push(
          (await registry.dividedBy())[0]!.map((each) => `${each.version}: ${each.weight}`).join(),
        );
        return instances[0]?.version === NEXT ? failures : 0;
      };
      const watched = Object.assign(Object.create(registry) as ServiceRegistry<string>, { failureRate });
      return rollOut({ fleet, registry: watched, traffic, print: () => undefined, pauseMs: 300 });
    };
    const load = new SteadyLoad(url);
    await expect(upgrade(1)).rejects.toThrow('fail more often than the old ones');
    expect(readFileSync(path, 'utf8')).toBe(FILE);
    expect((await registry.instances()).map(({ version, weight }) => [version, weight])).toEqual([
      ['1.0.0', 100],
    ]);
    weights.length = 0;
    await upgrade(0);
    await load.stop();
    expect(load.failures).toEqual([]);
    // Both rates are asked for after each step.
    expect([...new Set(weights)]).toEqual(STEPS.map((weight) => `1.0.0: ${weight},${NEXT}: 100`));
    expect(readFileSync(path, 'utf8')).toBe(FILE);
    expect((await registry.instances()).map(({ version }) => version)).toEqual([NEXT]);
  }, 150_000);

  it('removes its part alone if the file was changed meanwhile', async () => {
    const traffic = new VersionTraffic(path, registry, yaml);
    const [old] = await registry.instances();
    await traffic.divide([old!], [{ ...old!, version: 'next' }], 100);
    writeFileSync(path, readFileSync(path, 'utf8').replace('auth: none', 'access: { deny: [10.0.0.1] }'));
    traffic.restore();
    const text = readFileSync(path, 'utf8');
    expect(yaml.parse(text)).toEqual({
      version: 1,
      services: { 'user-service': { access: { deny: ['10.0.0.1'] } } },
    });
    expect(text).toContain('# Policies of the shop.');
  });
});

describe('the failure rate of a set of instances', () => {
  const service = (name: string, ...instances: object[]) => ({ services: [{ name, instances, problems }] });
  const problems = { 'no-healthy-instance': 2, 'upstream-timeout': 1 };
  const reports: Readonly<Record<string, object>> = {
    one: service('user-service', { id: 'a', requests: 90, errors: 1 }, { id: 'b', requests: 5, errors: 5 }),
    two: service('user-service', { id: 'a', requests: 10, errors: 0 }),
    three: service('order-service', { id: 'a', requests: 1, errors: 1 }),
  };
  const registry = new ServiceRegistry('user-service', Object.keys(reports), (gateway) =>
    Promise.resolve(reports[gateway]),
  );
  const rateOf = (...ids: string[]) =>
    registry.failureRate(ids.map((id) => ({ id, version: '1', status: 'up', weight: 100 })));

  it('is computed over all gateways', async () => {
    expect(await rateOf('a')).toBe(0.01);
    expect(await rateOf('b')).toBe(1);
  });

  it('excludes requests without an instance, which are counted separately', async () => {
    expect(await registry.unserved()).toBe(4);
  });

  it('is 0 for instances without requests', async () => {
    expect(await rateOf('c')).toBe(0);
  });
});

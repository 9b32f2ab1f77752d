import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppContext } from '#service-kit';
import { tempDir } from '#testing';
import { instanceOf, setInstances, tableOf } from '../proxy/testing/instances.js';
import { LivePolicyFile } from './live-policy-file.js';
import { TrafficSplits } from './traffic-splits.js';
import { VersionWatch } from './version-watch.js';

const HALVES = 'versions: [{ version: 1.0.0, weight: 1 }, { version: 2.0.0, weight: 1 }]';

describe('The versions of a policy file', () => {
  const folder = tempDir('traffic-');
  afterAll(() => folder.remove());
  const path = join(folder.path, 'gateway.yaml');
  const write = (...members: readonly string[]): void => {
    writeFileSync(`${path}.new`, ['version: 1', ...members].join('\n'));
    renameSync(`${path}.new`, path);
  };
  const [v1, v2] = ['1.0.0', '2.0.0'].map((version) => instanceOf({ id: version, version }));
  const stopped = { ...v2!, status: 'down' as const };

  it('are listed with instances and shares, by route, for the service whose instances get the requests', () => {
    write(
      `services: { users: { traffic: { ${HALVES} } } }`,
      'routes:',
      '  - name: preview',
      '    match: { service: users, headers: { x-preview: "yes" } }',
      '    traffic: { versions: [{ version: 2.0.0, weight: 1 }] }',
      '  - { name: new, match: { service: shop, path: { prefix: /new } }, to: { service: users } }',
      '  - { name: other, match: { service: shop }, to: { service: orders } }',
      '  - { name: any, match: { service: users, path: { prefix: /any } }, traffic: none }',
    );
    const services = tableOf(v1!, instanceOf({ id: 'b', version: '1.0.0', weight: 0 }), stopped);
    const splits = new TrafficSplits(LivePolicyFile.load(path));
    const halves = [
      { version: '1.0.0', weight: 1, share: 1, instances: { total: 2, healthy: 2 } },
      { version: '2.0.0', weight: 1, share: 0, instances: { total: 1, healthy: 0 } },
    ];
    expect(splits.trafficOf(services.current.get('users')!)).toEqual([
      { route: null, versions: halves },
      { route: 'preview', versions: [{ ...halves[1], weight: 1 }] },
      { route: 'new', versions: halves },
    ]);
    expect(splits.of('orders')).toEqual([]);
    expect(new TrafficSplits(undefined).of('users')).toEqual([]);
  });

  it('are those of the file that is in effect', async () => {
    write(`services: { users: { traffic: { ${HALVES} } } }`);
    const file = LivePolicyFile.load(path);
    const splits = new TrafficSplits(file);
    expect(splits.of('users')).toHaveLength(1);
    write(
      'routes: [{ name: a, match: { service: users }, traffic: { versions: [{ version: "3", weight: 1 }] } }]',
    );
    await file.reload();
    expect(splits.of('users')).toMatchObject([{ route: 'a', traffic: { versions: [{ version: '3' }] } }]);
  });

  it('are logged when they lose their last instance, and when they have one again', async () => {
    write(`services: { users: { traffic: { ${HALVES} } } }`);
    const file = LivePolicyFile.load(path);
    const services = tableOf();
    const lines: string[] = [];
    const log =
      (level: string) =>
      ({ service, route, version }: Record<string, unknown>, message: string): void =>
        void lines.push([level, service, route, version, message].join(' '));
    const logger = { info: log('info'), warn: log('warn') } as unknown as AppContext['logger'];
    new VersionWatch(new TrafficSplits(file), services, file, logger);
    const linesAfter = async (change: () => unknown): Promise<string[]> => {
      await change();
      return lines.splice(0);
    };
    const lost = (version: string) =>
      `warn users  ${version} Version without healthy instances; it gets no requests`;
    const back = 'info users  2.0.0 Version has healthy instances again';
    expect(await linesAfter(() => setInstances(services, [v1!, v2!]))).toEqual([]);
    expect(await linesAfter(() => setInstances(services, [v1!, stopped]))).toEqual([lost('2.0.0')]);
    expect(await linesAfter(() => setInstances(services, [v1!, stopped]))).toEqual([]);
    expect(await linesAfter(() => setInstances(services, [v1!, v2!]))).toEqual([back]);
    // A version that no instance has, such as a misspelt one.
    write('services: { users: { traffic: { versions: [{ version: v1.0.0, weight: 1 }] } } }');
    expect(await linesAfter(() => file.reload())).toEqual([lost('v1.0.0')]);
  });
});

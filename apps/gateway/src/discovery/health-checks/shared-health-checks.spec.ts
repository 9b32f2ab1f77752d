import { waitFor, withRedis } from '#testing';
import { LocalTargets } from '../table/local-targets.js';
import { LiveServiceTable } from '../model/service-table.js';
import { InstanceIndex } from '../table/instance-index.js';
import { ManualClock } from '../testing/manual-clock.js';
import { ScriptedHealthCheck } from '../testing/scripted-health-check.js';
import { RedisStoreHarness } from '../testing/redis-store-harness.js';
import { Ejector } from '../ejection/ejector.js';
import { HealthChecker } from './health-checker.js';

/** The health checks of one gateway on a shared registry, with a manual clock. */
class Checks {
  readonly check = new ScriptedHealthCheck();
  readonly ids: string[] = [];
  private readonly clock = new ManualClock();
  readonly checker: HealthChecker;

  constructor(readonly on: RedisStoreHarness) {
    const { store } = on;
    const { check, clock } = this;
    check.passes = true;
    const index = new InstanceIndex(new LiveServiceTable(), new LocalTargets(store), store);
    const onError = (error: unknown): void => {
      throw error;
    };
    this.checker = new HealthChecker({
      store,
      index,
      clock,
      ejector: new Ejector({ store, index, check, clock, onError }),
      check: {
        run: (target) => {
          this.ids.push((target as unknown as { id: string }).id);
          return check.run(target);
        },
      },
      connectCheck: () => Promise.resolve('open'),
    });
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100);
      await this.checker.tick();
    }
  }
}

withRedis('health checks of gateways on one Redis', (server) => {
  let one: Checks;
  let other: Checks;

  beforeEach(async () => {
    const first = await RedisStoreHarness.open(server().url);
    one = new Checks(first);
    other = new Checks(await RedisStoreHarness.open(server().url, first.prefix));
    await Promise.all([one.on.pass(200), other.on.pass(200)]);
  });
  afterEach(() => Promise.all([one.on.close(), other.on.close()]));

  it('are made by one gateway per instance, and all gateways see the results', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `i${i}`);
    for (const id of ids) await one.on.register(id);
    await waitFor('the instances at the other gateway', async () => (await other.on.ids()).length === 40);
    await Promise.all([one.pass(14_000), other.pass(14_000)]);
    expect(one.ids.length).toBeGreaterThan(5);
    expect(other.ids.length).toBeGreaterThan(5);
    expect([...new Set([...one.ids, ...other.ids])].sort()).toEqual([...ids].sort());
    expect(one.ids.filter((id) => other.ids.includes(id))).toEqual([]);
    for (const { lastProbe } of await one.on.store.list()) expect(lastProbe).toMatchObject({ ok: true });
  });

  it('apply a readiness reported to any gateway', async () => {
    await one.on.register('a');
    const report = async ({ on: { store }, checker }: Checks, ready: boolean): Promise<void> => {
      await checker.applyReadiness((await store.recordHeartbeat('a', { ready }))!, ready);
    };
    const statusAt = async ({ on: { store } }: Checks) => (await store.get('a'))?.health.status;
    await report(one, false);
    await waitFor('the change at the other gateway', async () => (await statusAt(other)) === 'down');
    await Promise.all([one.pass(10_000), other.pass(10_000)]);
    expect([...one.ids, ...other.ids]).toEqual([]);
    await report(other, true);
    await waitFor('the change at the first gateway', async () => (await statusAt(one)) === 'up');
    expect((await one.on.store.get('a'))?.report).toEqual({ ready: true });
  });
});

import { TargetPolicy } from '../access/target-policy.js';
import type { Instance } from '../model/instance.js';
import { ExpiredInstances } from '../leases/expired-instances.js';
import { LeaseSweeper } from '../leases/lease-sweeper.js';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import { TrafficHeartbeats } from '../leases/traffic-heartbeats.js';
import { LocalTargets } from '../table/local-targets.js';
import { EventLog } from '../events/event-log.js';
import type { ConnectCheckResult } from '../health-checks/connect-check.js';
import { Ejector } from '../ejection/ejector.js';
import { HealthChecker } from '../health-checks/health-checker.js';
import { DEFAULT_LIMITS, type RegistryLimits } from '../registry/registry-limits.js';
import { RegistryService } from '../registry/registry.service.js';
import { LiveServiceTable } from '../model/service-table.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { InstanceIndex } from '../table/instance-index.js';
import { ManualClock } from './manual-clock.js';
import { ScriptedHealthCheck } from './scripted-health-check.js';

/** Retention of expired instances and names. */
export const RETENTION_MS = 60_000;

/** Real parts of discovery around a manual clock. */
export class DiscoveryHarness {
  readonly clock = new ManualClock();
  readonly store = new MemoryStore(this.clock, { retentionMs: RETENTION_MS });
  readonly table = new LiveServiceTable();
  readonly targets = new LocalTargets(this.store);
  readonly index = new InstanceIndex(this.table, this.targets, this.store);
  readonly stalls: number[] = [];
  readonly expired = new ExpiredInstances(this.store, RETENTION_MS);
  readonly sweeper = new LeaseSweeper({
    store: this.store,
    expired: this.expired,
    onStall: (lostMs) => this.stalls.push(lostMs),
  });
  readonly check = new ScriptedHealthCheck();
  readonly errors: unknown[] = [];
  readonly ejector = new Ejector({
    store: this.store,
    index: this.index,
    check: this.check,
    clock: this.clock,
    onError: (error) => this.errors.push(error),
  });
  /** The result of every connect check. */
  connectResult: ConnectCheckResult = 'open';
  /** Endpoints of the connect checks so far. */
  readonly connects: string[] = [];
  readonly checker = new HealthChecker({
    store: this.store,
    index: this.index,
    ejector: this.ejector,
    check: this.check,
    connectCheck: ({ endpoint }) => {
      this.connects.push(endpoint);
      return Promise.resolve(this.connectResult);
    },
    clock: this.clock,
  });
  readonly trafficHeartbeats = new TrafficHeartbeats(this.table, this.store);
  readonly log = new EventLog(this.store);
  /** DNS results by name; '' for a name that does not resolve. */
  readonly addresses: Record<string, string> = {};
  readonly targetPolicy = new TargetPolicy(undefined, (name) =>
    Promise.resolve([this.addresses[name] ?? '127.0.0.1'].filter((address) => address !== '')),
  );
  readonly registry: RegistryService;

  constructor(limits: RegistryLimits = DEFAULT_LIMITS) {
    const { store, index, targets, sweeper, expired, checker, targetPolicy } = this;
    this.registry = new RegistryService({
      store,
      index,
      targets,
      sweeper,
      expired,
      checker,
      targetPolicy,
      limits,
    });
  }

  /** Registers `count` instances of the service `users`: `i0`, `i1` and so on, with leases that outlast a spec. */
  static async withInstances(
    count: number,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<DiscoveryHarness> {
    const harness = new DiscoveryHarness();
    for (let i = 0; i < count; i += 1)
      await harness.registry.register({
        name: 'users',
        url: `http://127.0.0.1:${9100 + i}`,
        id: `i${i}`,
        ttlSeconds: 300,
        metadata: { ...metadata },
      });
    return harness;
  }

  /** Registers the instance `a` of the service `users` at `url`. */
  static async withOne(url: string): Promise<DiscoveryHarness> {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 300 });
    return harness;
  }

  /** Advances the time with regular sweeps. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += SWEEP_INTERVAL_MS) {
      this.clock.advance(Math.min(SWEEP_INTERVAL_MS, ms - passed));
      await this.trafficHeartbeats.tick();
      await this.sweeper.tick();
      await this.checker.tick();
    }
    await this.index.settled();
  }

  /** Advances the time without any activity of the process, then runs the overdue sweep. */
  async stall(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.sweeper.tick();
    await this.index.settled();
  }

  /** The instance as the request path sees it. */
  instance(id: string): Instance {
    const instance = this.index.find(id);
    if (!instance) throw new Error(`no instance ${id}`);
    return instance;
  }

  /** Ids of the instances whose lease runs. */
  ids(service: string): string[] {
    return this.table.current.get(service)?.live.map(({ id }) => id) ?? [];
  }

  available(service: string): string[] {
    return this.table.current.get(service)?.available.map(({ id }) => id) ?? [];
  }
}

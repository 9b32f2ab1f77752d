import { join } from 'node:path';
import type { Abstract, FactoryProvider, Provider, Type } from '@nestjs/common';
import { newId, type AppContext } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import { InstanceTokens } from './access/instance-tokens.js';
import { TargetPolicy } from './access/target-policy.js';
import { Clock, SystemClock } from './schedule/clock.js';
import { DiscoveryTimer, type PeriodicTask } from './schedule/discovery-timer.js';
import { logEvents } from './events/event-logger.js';
import { EventLog } from './events/event-log.js';
import { EventStreams } from './events/event-streams.js';
import { ExpiredInstances } from './leases/expired-instances.js';
import { RegistryHistory } from './history/registry-history.js';
import { InjectedFaults } from './faults/injected-faults.js';
import { LeaseSweeper } from './leases/lease-sweeper.js';
import { TrafficHeartbeats } from './leases/traffic-heartbeats.js';
import { ConsulChecks } from './compatibility/consul/consul-checks.js';
import { ConsulLeases } from './compatibility/consul/consul-leases.js';
import { LocalTargets } from './table/local-targets.js';
import { CertificateExpiries } from './health-checks/certificate-expiries.js';
import { connectCheck } from './health-checks/connect-check.js';
import { Ejector } from './ejection/ejector.js';
import { HealthCheck } from './health-checks/health-check.js';
import { HealthChecker } from './health-checks/health-checker.js';
import { HttpHealthCheck } from './health-checks/http.health-check.js';
import { LoggedHealthCheck } from './health-checks/logged.health-check.js';
import { DEFAULT_LIMITS } from './registry/registry-limits.js';
import { RegistryService } from './registry/registry.service.js';
import { LiveServiceTable } from './model/service-table.js';
import { SnapshotFile } from './snapshot/snapshot-file.js';
import { SnapshotWriter } from './snapshot/snapshot-writer.js';
import { dnsLookup } from './static/dns-lookup.js';
import { StaticInstances } from './static/static-instances.js';
import { SWEEP_INTERVAL_MS } from './store/lost-time.js';
import { MemoryStore } from './store/memory/memory.store.js';
import { availabilityLog } from './store/redis/availability-log.js';
import { RedisStore } from './store/redis/redis.store.js';
import { RegistryStore, type SavedSnapshot } from './store/registry-store.js';
import { InstanceIndex } from './table/instance-index.js';

type Token<T> = Type<T> | Abstract<T>;

/** A provider that `make` builds from the providers in `inject`, in that order. */
function made<T, P extends readonly unknown[]>(
  provide: Token<T>,
  inject: { readonly [I in keyof P]: Token<P[I]> },
  make: (...parts: P) => T | Promise<T>,
): FactoryProvider<T> {
  return {
    provide,
    inject: [...inject],
    // Nest resolves `inject` to instances of these tokens.
    useFactory: (...parts: unknown[]) => make(...(parts as unknown as P)),
  };
}

/** The registry store: shared by all gateways on one Redis, or local to this gateway. */
function storeOf(config: GatewayConfig, context: AppContext, file?: SnapshotFile): Provider {
  const { redisUrl: url, redisPrefix: prefix, instanceRetentionMs: retentionMs } = config;
  const readSaved = async () => file && readSnapshot(file, context);
  if (url === undefined)
    return made(
      RegistryStore,
      [Clock],
      async (clock) => new MemoryStore(clock, { retentionMs, saved: await readSaved() }),
    );
  const options = { url, prefix, gateway: newId(), retentionMs };
  return made(
    RegistryStore,
    [],
    async () => new RedisStore(options, availabilityLog(context.logger), await readSaved()),
  );
}

/**
 * The snapshot file of this gateway; `undefined` on port 0, since a later run gets another port and would not
 * find it.
 */
const snapshotFileOf = (config: GatewayConfig): SnapshotFile | undefined =>
  config.port === 0
    ? undefined
    : new SnapshotFile(join(config.dataDir, `gateway-${config.port}.registry.jsonl`), registryOf(config));

/** Identifies a registry without its secrets: a gateway that is given another one must not restore into it. */
function registryOf({ redisUrl, redisPrefix }: GatewayConfig): string {
  if (redisUrl === undefined) return 'memory';
  const { host, pathname } = new URL(redisUrl);
  return `redis ${host}${pathname} ${redisPrefix}`;
}

/** Stands for an unreadable snapshot: an earlier run existed, but its data are unknown. */
const UNREADABLE: SavedSnapshot = {
  epoch: undefined,
  change: 0,
  instances: [],
  names: new Map(),
  ageMs: Infinity,
};

const readSnapshot = async (file: SnapshotFile, { logger }: AppContext): Promise<SavedSnapshot | undefined> =>
  file.read().catch((err: unknown) => {
    logger.warn(
      { err, file: file.path },
      'Registry snapshot cannot be read; starting with an empty registry',
    );
    return UNREADABLE;
  });

/** The registry, and the tables derived from it that the request path reads. */
const registry = ({ instanceRetentionMs }: GatewayConfig, { logger }: AppContext): Provider[] => [
  LiveServiceTable,
  { provide: Clock, useClass: SystemClock },
  made(ExpiredInstances, [RegistryStore], (store) => new ExpiredInstances(store, instanceRetentionMs)),
  made(LocalTargets, [RegistryStore], (store) => new LocalTargets(store)),
  made(
    InstanceIndex,
    [LiveServiceTable, LocalTargets, RegistryStore],
    (table, targets, store) => new InstanceIndex(table, targets, store),
  ),
  made(
    RegistryService,
    [RegistryStore, InstanceIndex, LocalTargets, LeaseSweeper, ExpiredInstances, HealthChecker, TargetPolicy],
    (store, index, targets, sweeper, expired, checker, targetPolicy) =>
      new RegistryService({
        store,
        index,
        targets,
        sweeper,
        expired,
        checker,
        targetPolicy,
        limits: DEFAULT_LIMITS,
      }),
  ),
  made(InjectedFaults, [InstanceIndex], (index) => new InjectedFaults(index, logger)),
  made(InstanceTokens, [InstanceIndex], (index) => new InstanceTokens(index)),
];

/** Removes and restores instances: leases, traffic reports, health checks. */
const upkeep = ({ logger }: AppContext): Provider[] => [
  made(LeaseSweeper, [RegistryStore, ExpiredInstances], (store, expired) => {
    const onStall = (lostMs: number) =>
      logger.warn({ lostMs }, 'Event-loop stall or clock jump detected; extending leases');
    return new LeaseSweeper({ store, expired, onStall });
  }),
  CertificateExpiries,
  made(
    HealthCheck,
    [CertificateExpiries, InjectedFaults],
    (certificates, { endpointOf }) =>
      new LoggedHealthCheck(new HttpHealthCheck(certificates, endpointOf), logger),
  ),
  made(Ejector, [RegistryStore, InstanceIndex, HealthCheck, Clock], (store, index, check, clock) => {
    const onError = (err: unknown) =>
      logger.error({ err }, 'Ejection not recorded in the registry; the instance keeps its previous status');
    return new Ejector({ store, index, check, clock, onError });
  }),
  made(
    HealthChecker,
    [RegistryStore, InstanceIndex, Ejector, HealthCheck, Clock, InjectedFaults],
    (store, index, ejector, check, clock, { endpointOf }) =>
      new HealthChecker({
        store,
        index,
        ejector,
        check,
        connectCheck: ({ endpoint }) => connectCheck({ endpoint: endpointOf(endpoint) }),
        clock,
      }),
  ),
  made(
    TrafficHeartbeats,
    [LiveServiceTable, RegistryStore],
    (table, store) => new TrafficHeartbeats(table, store),
  ),
];

/** The event log and its streams, and the record of changes. */
const events = (config: GatewayConfig, { logger }: AppContext): Provider[] => [
  made(EventLog, [RegistryStore], (store) => {
    const log = new EventLog(store);
    logEvents(log, logger);
    return log;
  }),
  made(EventStreams, [EventLog], (log) => new EventStreams(log)),
  made(
    RegistryHistory,
    [RegistryStore, InstanceIndex, Clock],
    (store, index, clock) =>
      new RegistryHistory({ store, index, clock, retentionMs: config.instanceRetentionMs }),
  ),
];

/** Saves the registry for the next run. */
const snapshots = (file: SnapshotFile, { logger }: AppContext): Provider =>
  made(SnapshotWriter, [RegistryStore, LocalTargets], (store, targets) => {
    const onProblem = (err: unknown) =>
      logger.warn(
        { err, file: file.path },
        'Registry snapshot cannot be written; the next start may begin with an empty registry',
      );
    return new SnapshotWriter({ store, file, isLocal: (id) => targets.get(id) !== undefined, onProblem });
  });

const acceptsConsul = ({ registryCompatibility }: GatewayConfig): boolean =>
  registryCompatibility.includes('consul');

/** What registrations of Consul clients need beside the registry. */
const consul = (): Provider[] => [
  made(ConsulChecks, [LiveServiceTable], (table) => new ConsulChecks(table)),
  made(ConsulLeases, [LiveServiceTable, RegistryStore], (table, store) => new ConsulLeases(table, store)),
];

/** The timer and the work that runs on it. */
function timerAndTasks(config: GatewayConfig, { logger }: AppContext, file?: SnapshotFile): Provider[] {
  const { instancesFile: path } = config;
  const onError = (err: unknown) =>
    logger.error({ err }, 'Discovery task failed; it runs again at the next tick');
  const timer = (...tasks: PeriodicTask[]) => new DiscoveryTimer(SWEEP_INTERVAL_MS, tasks, onError);
  const tasks = [
    TrafficHeartbeats,
    LeaseSweeper,
    HealthChecker,
    ...(file ? [SnapshotWriter] : []),
    ...(acceptsConsul(config) ? [ConsulLeases] : []),
  ];
  if (path === undefined) return [made(DiscoveryTimer, tasks, timer)];
  const reporters = {
    onProblem: (message: string) => logger.error(message),
    onNotice: (message: string) => logger.info(message),
  };
  const lookup = dnsLookup(config.dnsServers);
  return [
    made(
      StaticInstances,
      [RegistryService, InstanceIndex, TargetPolicy, Ejector],
      (service, index, targetPolicy, ejector) =>
        new StaticInstances({ path, registry: service, index, targetPolicy, ejector, lookup, ...reporters }),
    ),
    made(DiscoveryTimer, [...tasks, StaticInstances], timer),
  ];
}

/** All providers of discovery. */
export function discoveryProviders(config: GatewayConfig, context: AppContext): Provider[] {
  const file = snapshotFileOf(config);
  return [
    storeOf(config, context, file),
    made(TargetPolicy, [], () => new TargetPolicy(config.registryAllowedNetworks)),
    ...registry(config, context),
    ...upkeep(context),
    ...(file ? [snapshots(file, context)] : []),
    ...(acceptsConsul(config) ? consul() : []),
    ...timerAndTasks(config, context, file),
    ...events(config, context),
  ];
}

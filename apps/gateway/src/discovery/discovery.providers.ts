import type { Abstract, FactoryProvider, Provider, Type } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { Clock, SystemClock } from './clock.js';
import { DiscoveryTimer, type Ticking } from './discovery-timer.js';
import { journalEvents } from './events/event-journal.js';
import { EventLog } from './events/event-log.js';
import { EventStreams } from './events/event-streams.js';
import { LeaseSweeper, SWEEP_EVERY_MS } from './leases/lease-sweeper.js';
import { LocalRegistry } from './local-registry.js';
import { LocalTargets } from './local-targets.js';
import { Ejector } from './probing/ejector.js';
import { HttpProbe } from './probing/http.probe.js';
import { InstanceProbe } from './probing/instance-probe.js';
import { Prober } from './probing/prober.js';
import { DEFAULT_LIMITS } from './registry-limits.js';
import { RegistryService } from './registry.service.js';
import { LiveServiceTable } from './service-table.js';
import { MemoryStore } from './store/memory.store.js';
import { RegistryStore } from './store/registry-store.js';
import { TableKeeper } from './table-keeper.js';

type Token<T> = Type<T> | Abstract<T>;

/** A provider that is `make` of other providers, which it names in order. */
function made<T, P extends readonly unknown[]>(
  provide: Token<T>,
  inject: { readonly [I in keyof P]: Token<P[I]> },
  make: (...parts: P) => T,
): FactoryProvider<T> {
  return {
    provide,
    inject: [...inject],
    useFactory: (...parts: unknown[]) => make(...(parts as unknown as P)),
  };
}

/** The registry and the pictures of it that the request path reads. */
const registry: Provider[] = [
  LiveServiceTable,
  { provide: Clock, useClass: SystemClock },
  { provide: RegistryStore, useClass: MemoryStore },
  made(LocalTargets, [RegistryStore], (store) => new LocalTargets(store)),
  made(
    TableKeeper,
    [LiveServiceTable, LocalTargets, RegistryStore],
    (table, targets, store) => new TableKeeper(table, targets, store),
  ),
  made(
    RegistryService,
    [RegistryStore, TableKeeper, LocalTargets, LeaseSweeper, Clock],
    (store, keeper, targets, sweeper, clock) =>
      new RegistryService({ store, keeper, targets, sweeper, clock, limits: DEFAULT_LIMITS }),
  ),
  made(LocalRegistry, [RegistryService], (service) => new LocalRegistry(service)),
];

/** What takes instances out and puts them back: leases, traffic, probes. */
const upkeep = ({ logger }: AppContext): Provider[] => [
  made(
    LeaseSweeper,
    [RegistryStore, Clock],
    (store, clock) =>
      new LeaseSweeper(store, clock, (lostMs) =>
        logger.warn({ lostMs }, 'the gateway stood still or its clock was set; leases move along'),
      ),
  ),
  made(InstanceProbe, [], () => new HttpProbe()),
  made(
    Prober,
    [RegistryStore, InstanceProbe, Clock],
    (store, probe, clock) => new Prober(store, probe, clock),
  ),
  made(Ejector, [RegistryStore, TableKeeper, InstanceProbe, Clock], (store, keeper, probe, clock) => {
    const onError = (err: unknown) => logger.error({ err }, 'an ejection did not reach the store');
    return new Ejector({ store, keeper, probe, clock, onError });
  }),
  made(DiscoveryTimer, [LeaseSweeper, Prober], (...ticking: Ticking[]) => {
    const onError = (err: unknown) => logger.error({ err }, 'discovery missed a turn');
    return new DiscoveryTimer(SWEEP_EVERY_MS, ticking, onError);
  }),
];

/** Who joined, left and failed, and why. */
const events = ({ logger }: AppContext): Provider[] => [
  made(EventLog, [RegistryStore, Clock], (store, clock) => {
    const log = new EventLog(store, clock);
    journalEvents(log, logger);
    return log;
  }),
  made(EventStreams, [EventLog], (log) => new EventStreams(log)),
];

/** The parts of discovery, put together. */
export const discoveryProviders = (context: AppContext): Provider[] => [
  ...registry,
  ...upkeep(context),
  ...events(context),
];

import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { ProbeView } from '#contracts';
import {
  RegistryStore,
  type ChangeCause,
  type SavedSnapshot,
  type InstanceState,
  type PutResult,
  type ChangeBatch,
  type RegistryContents,
  type StoreChange,
  type SweepResult,
} from '../registry-store.js';
import type { HeartbeatReport, NewInstance, RegisteredInstance, StoredInstance } from '../stored-instance.js';
import { HeartbeatBatcher } from './heartbeat-batcher.js';
import { Semaphore } from './semaphore.js';
import { PendingStateChanges } from './pending-state-changes.js';
import { RegistrySnapshot } from './registry-snapshot.js';
import type { KnownNames } from '../known-names.js';
import type { SessionOptions } from './redis-session.js';
import { RedisConnection, type AvailabilityListener } from './redis-connection.js';
import type { RegistryScripts } from './registry-scripts.js';
import { Synchroniser } from './synchroniser.js';
import { responsibleGateway } from './responsible-gateway.js';

/**
 * Limits concurrent changes. The command time-out is meant for the server, not for a queue in front of it:
 * when a whole fleet registers, thousands of changes wait here instead of in the connection.
 */
const CONCURRENT_CHANGES = 64;

/** Options of {@link RedisStore}. */
export interface RedisStoreOptions extends SessionOptions {
  /** How long names of services that lost an instance are kept, milliseconds. */
  readonly retentionMs: number;
}

/**
 * The registry of any number of gateways, in Redis. Writes are scripts; their changes reach every gateway,
 * including this one, through one stream, so that all gateways see the same changes in the same order.
 */
export class RedisStore extends RegistryStore implements OnModuleInit, OnModuleDestroy {
  /** The registry snapshot of this gateway; complete before the gateway serves requests, if Redis is available. */
  private readonly snapshot: RegistrySnapshot;
  private readonly pending = new PendingStateChanges();
  private readonly synchroniser: Synchroniser;
  private readonly connection: RedisConnection;
  private readonly heartbeats = new HeartbeatBatcher((heartbeats) =>
    this.runScript((scripts) => scripts.recordHeartbeats(heartbeats)),
  );
  private readonly changeSemaphore = new Semaphore(CONCURRENT_CHANGES);
  private lostMs: number | undefined;
  /** The active gateways as of the last sweep; they divide the instances among them. */
  private gateways: readonly string[] = [];

  /** @param saved the snapshot of an earlier run of this gateway: served from until Redis is reached */
  constructor(
    private readonly options: RedisStoreOptions,
    listener: AvailabilityListener,
    private readonly saved?: SavedSnapshot,
  ) {
    super();
    this.snapshot = new RegistrySnapshot(options.retentionMs);
    this.synchroniser = new Synchroniser(this.snapshot, this.pending);
    this.connection = new RedisConnection(options, this.snapshot, this.synchroniser, listener);
  }

  get contents(): RegistryContents {
    const { change, instances, names } = this.snapshot;
    return { epoch: this.synchroniser.knownEpoch, change, instances, names: names.all };
  }

  get isComplete(): boolean {
    return this.connection.wasAvailable;
  }

  get unavailableSince(): number | undefined {
    return this.connection.unavailableSince;
  }

  get unavailableReason(): string | undefined {
    return this.connection.unavailableReason;
  }

  get names(): KnownNames {
    return this.snapshot.names;
  }

  /**
   * Resolves when the registry snapshot is complete or Redis is unavailable; the gateway must not listen
   * before.
   */
  onModuleInit(): Promise<void> {
    if (this.saved) this.synchroniser.startFrom(this.saved);
    return this.connection.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.connection.stop();
  }

  async put(instance: NewInstance, reason: string): Promise<PutResult> {
    const { change, before, after } = await this.runChange((scripts) => scripts.put(instance, reason));
    await this.connection.waitFor(change);
    return { before, after };
  }

  async changeState(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined> {
    try {
      const changed = await this.runChange((scripts) => scripts.changeState(id, state, cause, endpoint));
      if (changed) await this.connection.waitFor(changed.change);
      return changed?.after;
    } catch (error) {
      // Whether an instance is reachable is this gateway's own observation, and applies without the store.
      if (!state.health) throw error;
      return this.changeStateLocally(id, state.health, cause, endpoint);
    }
  }

  async recordEvent(id: string, cause: ChangeCause): Promise<void> {
    const recorded = await this.runChange((scripts) => scripts.recordEvent(id, cause));
    if (recorded) await this.connection.waitFor(recorded.change);
  }

  async recordHeartbeat(id: string, report: HeartbeatReport): Promise<StoredInstance | undefined> {
    const renewal = await this.heartbeats.add({ id, report, known: this.snapshot.knownRevision(id) });
    if (!renewal) return undefined;
    const { revised } = renewal;
    if (!revised) return this.snapshot.applyHeartbeat(id, report, renewal);
    this.snapshot.updateVitals(revised);
    // The change that carries a newer revision arrives by the stream and may not be in the snapshot yet.
    return revised.instance;
  }

  async renewLeases(ids: readonly string[]): Promise<void> {
    const known = ids.map((id) => this.snapshot.get(id)).filter((instance) => instance !== undefined);
    if (this.unavailableSince === undefined && known.length > 0)
      await this.runScript((scripts) => scripts.renewLeases(known));
  }

  async recordHealthChecks(results: ReadonlyMap<string, ProbeView>): Promise<void> {
    this.snapshot.applyHealthChecks(results);
    if (this.unavailableSince === undefined)
      await this.runScript((scripts) => scripts.recordHealthChecks(results));
  }

  async remove(id: string, reason: string): Promise<RegisteredInstance | undefined> {
    const removed = await this.runChange((scripts) => scripts.remove(id, reason));
    if (removed) await this.connection.waitFor(removed.change);
    return removed?.before;
  }

  async removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const { change, removed } = await this.runChange((scripts) => scripts.removeExpired(ids, reason));
    await this.connection.waitFor(change);
    return removed;
  }

  async sweep(): Promise<SweepResult> {
    const { retentionMs } = this.options;
    if (this.unavailableSince !== undefined) return { expired: [], lostMs: 0, at: Date.now() };
    const { epoch, change, lostMs, gateways, expired, at } = await this.runScript((scripts) =>
      scripts.sweep(retentionMs),
    );
    this.names.prune(at);
    this.gateways = gateways;
    this.connection.compareEpoch(epoch);
    if (expired.length > 0) await this.connection.waitFor(change);
    const before = this.lostMs ?? lostMs;
    this.lostMs = lostMs;
    return { expired, lostMs: lostMs - before, at };
  }

  async get(id: string): Promise<StoredInstance | undefined> {
    const known = this.snapshot.get(id);
    return known && (await this.withCurrentVitals([known]))[0];
  }

  async list(service?: string): Promise<readonly StoredInstance[]> {
    return this.withCurrentVitals(this.snapshot.list(service));
  }

  isResponsibleFor(id: string): boolean {
    return (
      this.unavailableSince !== undefined || responsibleGateway(id, this.gateways) === this.options.gateway
    );
  }

  watch(listener: (change: StoreChange, cause?: ChangeCause) => void): () => void {
    return this.snapshot.watch(listener);
  }

  follow(listener: (batch: ChangeBatch) => void): () => void {
    return this.synchroniser.follow(listener);
  }

  private runChange<T>(work: (scripts: RegistryScripts) => Promise<T>): Promise<T> {
    return this.changeSemaphore.run(() => this.runScript(work));
  }

  private async runScript<T>(work: (scripts: RegistryScripts) => Promise<T>): Promise<T> {
    const session = this.connection.openSession;
    try {
      return await work(session.scripts);
    } catch (error) {
      throw this.connection.handleFailure(session, error);
    }
  }

  private changeStateLocally(
    id: string,
    health: InstanceState['health'],
    cause: ChangeCause,
    endpoint?: string,
  ): StoredInstance | undefined {
    const known = this.snapshot.get(id);
    if (endpoint !== undefined && endpoint !== known?.endpoint) return known;
    const changed = this.snapshot.applyState(id, { health }, cause);
    if (changed) this.pending.add(id, { endpoint: changed.endpoint, health, cause });
    return changed;
  }

  /**
   * The same instances with the vitals of the store; with the last known ones while the store is unavailable.
   */
  private async withCurrentVitals(known: readonly StoredInstance[]): Promise<readonly StoredInstance[]> {
    if (this.unavailableSince !== undefined) return known;
    try {
      const found = await this.runScript((scripts) => scripts.readInstances(known.map(({ id }) => id)));
      for (const revised of found) this.snapshot.updateVitals(revised);
      return known.map(({ id }) => this.snapshot.get(id)).filter((instance) => instance !== undefined);
    } catch {
      return known;
    }
  }
}

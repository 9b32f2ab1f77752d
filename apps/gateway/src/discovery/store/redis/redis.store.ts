import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { ProbeView } from '#contracts';
import {
  RegistryStore,
  type ChangeCause,
  type FoundSnapshot,
  type InstanceState,
  type PutResult,
  type RecordPart,
  type RegistrySnapshot,
  type StoreChange,
  type Sweep,
} from '../registry-store.js';
import type { InstanceReport, NewInstance, RegisteredInstance, StoredInstance } from '../stored-instance.js';
import { GatheredBeats } from './gathered-beats.js';
import { Limited } from './limited.js';
import { PendingMoves } from './pending-moves.js';
import { Picture } from './picture.js';
import type { KnownNames } from '../known-names.js';
import type { SessionOptions } from './redis-session.js';
import { RegistryLink, type LinkWatcher } from './registry-link.js';
import type { RegistryScripts } from './registry-scripts.js';
import { Synchroniser } from './synchroniser.js';
import { chosenFor } from './rendezvous.js';

/**
 * Limits concurrent changes. The command time-out is meant for the server, not for a queue in front of it:
 * when a whole fleet registers, thousands of changes wait here instead of in the connection.
 */
const CHANGES_AT_ONCE = 64;

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
  private readonly picture: Picture;
  private readonly pending = new PendingMoves();
  private readonly synchroniser: Synchroniser;
  private readonly link: RegistryLink;
  private readonly beats = new GatheredBeats((beats) => this.run((scripts) => scripts.beat(beats)));
  private readonly changes = new Limited(CHANGES_AT_ONCE);
  private lostMs: number | undefined;
  /** The active gateways as of the last sweep; they divide the instances among them. */
  private gateways: readonly string[] = [];

  /** @param found the snapshot of an earlier run of this gateway: served from until Redis is reached */
  constructor(
    private readonly options: RedisStoreOptions,
    watcher: LinkWatcher,
    private readonly found?: FoundSnapshot,
  ) {
    super();
    this.picture = new Picture(options.retentionMs);
    this.synchroniser = new Synchroniser(this.picture, this.pending);
    this.link = new RegistryLink(options, this.picture, this.synchroniser, watcher);
  }

  get snapshot(): RegistrySnapshot {
    const { change, all, names } = this.picture;
    return { epoch: this.synchroniser.knownEpoch, change, instances: all, names: names.all };
  }

  get isComplete(): boolean {
    return this.link.wasReached;
  }

  get awaySince(): number | undefined {
    return this.link.awaySince;
  }

  get awayFor(): string | undefined {
    return this.link.awayFor;
  }

  get names(): KnownNames {
    return this.picture.names;
  }

  /**
   * Resolves when the registry snapshot is complete or Redis is unavailable; the gateway must not listen
   * before.
   */
  onModuleInit(): Promise<void> {
    if (this.found) this.synchroniser.startFrom(this.found);
    return this.link.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.link.stop();
  }

  async put(instance: NewInstance, reason: string): Promise<PutResult> {
    const { change, before, after } = await this.change((scripts) => scripts.put(instance, reason));
    await this.link.reached(change);
    return { before, after };
  }

  async move(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
    endpoint?: string,
  ): Promise<StoredInstance | undefined> {
    try {
      const moved = await this.change((scripts) => scripts.move(id, state, cause, endpoint));
      if (moved) await this.link.reached(moved.change);
      return moved?.after;
    } catch (error) {
      // Whether an instance is reachable is this gateway's own observation, and applies without the store.
      if (!state.health) throw error;
      return this.moveHere(id, state.health, cause, endpoint);
    }
  }

  async beat(id: string, report: InstanceReport): Promise<StoredInstance | undefined> {
    const renewal = await this.beats.add({ id, report, known: this.picture.beating(id) });
    if (!renewal) return undefined;
    const { revised } = renewal;
    if (!revised) return this.picture.noteBeat(id, report, renewal);
    this.picture.noteVitals(revised);
    // The change that carries a newer revision arrives by the stream and may not be in the snapshot yet.
    return revised.instance;
  }

  async renew(ids: readonly string[]): Promise<void> {
    const known = ids.map((id) => this.picture.get(id)).filter((instance) => instance !== undefined);
    if (this.awaySince === undefined && known.length > 0) await this.run((scripts) => scripts.renew(known));
  }

  async noteProbes(probes: ReadonlyMap<string, ProbeView>): Promise<void> {
    this.picture.noteProbes(probes);
    if (this.awaySince === undefined) await this.run((scripts) => scripts.noteProbes(probes));
  }

  async remove(id: string, reason: string): Promise<RegisteredInstance | undefined> {
    const removed = await this.change((scripts) => scripts.remove(id, reason));
    if (removed) await this.link.reached(removed.change);
    return removed?.before;
  }

  async removeExpired(ids: readonly string[], reason: string): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const { change, removed } = await this.change((scripts) => scripts.removeExpired(ids, reason));
    await this.link.reached(change);
    return removed;
  }

  async sweep(): Promise<Sweep> {
    const { retentionMs } = this.options;
    if (this.awaySince !== undefined) return { expired: [], lostMs: 0, at: Date.now() };
    const { epoch, change, lostMs, gateways, expired, at } = await this.run((scripts) =>
      scripts.sweep(retentionMs),
    );
    this.names.prune(at);
    this.gateways = gateways;
    this.link.noteEpoch(epoch);
    if (expired.length > 0) await this.link.reached(change);
    const before = this.lostMs ?? lostMs;
    this.lostMs = lostMs;
    return { expired, lostMs: lostMs - before, at };
  }

  async get(id: string): Promise<StoredInstance | undefined> {
    const known = this.picture.get(id);
    return known && (await this.fresh([known]))[0];
  }

  async list(service?: string): Promise<readonly StoredInstance[]> {
    return this.fresh(this.picture.list(service));
  }

  isOurs(id: string): boolean {
    return this.awaySince !== undefined || chosenFor(id, this.gateways) === this.options.gateway;
  }

  watch(listener: (change: StoreChange) => void): () => void {
    return this.picture.watch(listener);
  }

  follow(listener: (part: RecordPart) => void): () => void {
    return this.synchroniser.follow(listener);
  }

  private change<T>(work: (scripts: RegistryScripts) => Promise<T>): Promise<T> {
    return this.changes.run(() => this.run(work));
  }

  private async run<T>(work: (scripts: RegistryScripts) => Promise<T>): Promise<T> {
    const session = this.link.open;
    try {
      return await work(session.scripts);
    } catch (error) {
      throw this.link.fail(session, error);
    }
  }

  private moveHere(
    id: string,
    health: InstanceState['health'],
    cause: ChangeCause,
    endpoint?: string,
  ): StoredInstance | undefined {
    const known = this.picture.get(id);
    if (endpoint !== undefined && endpoint !== known?.endpoint) return known;
    const moved = this.picture.moveHere(id, { health });
    if (moved) this.pending.add(id, { endpoint: moved.endpoint, health, cause });
    return moved;
  }

  /**
   * The same instances with the vitals of the store; with the last known ones while the store is unavailable.
   */
  private async fresh(known: readonly StoredInstance[]): Promise<readonly StoredInstance[]> {
    if (this.awaySince !== undefined) return known;
    try {
      const found = await this.run((scripts) => scripts.look(known.map(({ id }) => id)));
      for (const revised of found) this.picture.noteVitals(revised);
      return known.map(({ id }) => this.picture.get(id)).filter((instance) => instance !== undefined);
    } catch {
      return known;
    }
  }
}

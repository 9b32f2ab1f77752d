import { Listeners } from '../listeners.js';
import {
  RESTART_WITHIN_MS,
  type SavedSnapshot,
  type ChangeBatch,
  type RegistryContents,
} from '../registry-store.js';
import type { PendingStateChanges } from './pending-state-changes.js';
import type { RegistrySnapshot } from './registry-snapshot.js';
import type { ParsedEntry } from './stream-entry.js';
import type { RedisSession } from './redis-session.js';
import type { RegistryScripts, StoreState } from './registry-scripts.js';

const changesIn = (entries: readonly ParsedEntry[]) =>
  entries.map(({ change }) => change).filter((change) => change !== undefined);

/**
 * Synchronises a registry snapshot with the store. A gateway that was disconnected continues in the stream
 * where it stopped; if the stream does not reach back that far, it reads everything. A store that lost data
 * is first restored from the snapshot.
 */
export class Synchroniser {
  private readonly followers = new Listeners<[ChangeBatch]>();
  private epoch: string | undefined;
  private isBehind = true;
  /** Known names of an earlier run, which the store may have lost. */
  private savedNames: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly snapshot: RegistrySnapshot,
    private readonly pending: PendingStateChanges,
  ) {}

  follow(listener: (part: ChangeBatch) => void): () => void {
    const { change } = this.snapshot;
    if (this.epoch !== undefined) listener({ changes: [], since: change, upTo: change });
    return this.followers.add(listener);
  }

  /** The epoch of the snapshot; `undefined` before the first synchronisation. */
  get knownEpoch(): string | undefined {
    return this.epoch;
  }

  /** Starts with the snapshot of an earlier run. */
  startFrom({ epoch, change, instances, names, ageMs }: SavedSnapshot): void {
    if (ageMs <= RESTART_WITHIN_MS) this.epoch = epoch;
    this.savedNames = names;
    this.snapshot.replace(instances, names, change);
  }

  /** Whether `epoch` is that of the snapshot. */
  isCurrentEpoch(epoch: string): boolean {
    return epoch === this.epoch;
  }

  /** Brings the snapshot to a state from which changes can be followed. */
  async synchronise(session: Pick<RedisSession, 'scripts' | 'readHistory'>): Promise<void> {
    const { scripts } = session;
    if (!this.isBehind && !this.hasLost(await scripts.readState())) return this.pending.flush(scripts);
    const { epoch, change, instances, names } = await this.readAll(scripts);
    const entries = await session.readHistory(change);
    this.epoch = epoch;
    this.isBehind = false;
    this.snapshot.replace(instances, names, change);
    const since = entries[0]?.since ?? change;
    const gapsBefore = entries.findLast((entry) => !entry.change)?.id;
    this.followers.notify({ changes: changesIn(entries), since, upTo: change, gapsBefore });
  }

  /**
   * Restores lost data and reads everything. If the store loses data meanwhile, both are repeated: only data
   * of the epoch that was restored may replace the snapshot, since an empty store would empty the gateway.
   */
  private async readAll(scripts: RegistryScripts): Promise<RegistryContents> {
    for (;;) {
      const state = await scripts.readState();
      const { snapshot } = this;
      const epoch = this.hasLost(state)
        ? await scripts.restore(snapshot.change, snapshot.instances, snapshot.names.all)
        : state.epoch;
      await this.pending.flush(scripts);
      // Names affect no routing, so those of an old snapshot are restored too.
      if (this.savedNames.size > 0) await scripts.restoreNames(this.savedNames);
      const contents = await scripts.readContents();
      if (contents !== undefined && contents.epoch === epoch) {
        this.savedNames = new Map();
        return contents;
      }
    }
  }

  private hasLost({ epoch, change }: StoreState): boolean {
    return this.epoch !== undefined && (!this.isCurrentEpoch(epoch) || change < this.snapshot.change);
  }

  /** Applies new entries; `false`: an entry is missing before one of them, and everything has to be read. */
  applyEntries(entries: readonly ParsedEntry[]): boolean {
    for (const { id, since, change } of entries) {
      if (since !== this.snapshot.change || !change) {
        this.isBehind = true;
        return false;
      }
      this.snapshot.apply(change);
      this.followers.notify({ changes: [change], since, upTo: id });
    }
    return true;
  }
}

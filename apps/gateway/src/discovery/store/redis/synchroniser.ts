import { Listeners } from '../listeners.js';
import {
  RESTART_WITHIN_MS,
  type FoundSnapshot,
  type RecordPart,
  type RegistrySnapshot,
} from '../registry-store.js';
import type { PendingMoves } from './pending-moves.js';
import type { Picture } from './picture.js';
import type { EntryFacts } from './recorded-change.js';
import type { RedisSession } from './redis-session.js';
import type { RegistryScripts, StoreState } from './registry-scripts.js';

const changesIn = (entries: readonly EntryFacts[]) =>
  entries.map(({ change }) => change).filter((change) => change !== undefined);

/**
 * Synchronises a registry snapshot with the store. A gateway that was disconnected continues in the stream
 * where it stopped; if the stream does not reach back that far, it reads everything. A store that lost data
 * is first restored from the snapshot.
 */
export class Synchroniser {
  private readonly followers = new Listeners<[RecordPart]>();
  private epoch: string | undefined;
  private isBehind = true;
  /** Known names of an earlier run, which the store may have lost. */
  private foundNames: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly picture: Picture,
    private readonly pending: PendingMoves,
  ) {}

  follow(listener: (part: RecordPart) => void): () => void {
    const { change } = this.picture;
    if (this.epoch !== undefined) listener({ changes: [], since: change, upTo: change });
    return this.followers.add(listener);
  }

  /** The epoch of the snapshot; `undefined` before the first synchronisation. */
  get knownEpoch(): string | undefined {
    return this.epoch;
  }

  /** Starts with the snapshot of an earlier run. */
  startFrom({ epoch, change, instances, names, ageMs }: FoundSnapshot): void {
    if (ageMs <= RESTART_WITHIN_MS) this.epoch = epoch;
    this.foundNames = names;
    this.picture.replace(instances, names, change);
  }

  /** Whether `epoch` is that of the snapshot. */
  isKnown(epoch: string): boolean {
    return epoch === this.epoch;
  }

  /** Brings the snapshot to a state from which changes can be followed. */
  async synchronise(session: Pick<RedisSession, 'scripts' | 'history'>): Promise<void> {
    const { scripts } = session;
    if (!this.isBehind && !this.hasLost(await scripts.state())) return this.pending.flush(scripts);
    const { epoch, change, instances, names } = await this.read(scripts);
    const entries = await session.history(change);
    this.epoch = epoch;
    this.isBehind = false;
    this.picture.replace(instances, names, change);
    const since = entries[0]?.since ?? change;
    this.followers.tell({ changes: changesIn(entries), since, upTo: change });
  }

  /**
   * Restores lost data and reads everything. If the store loses data meanwhile, both are repeated: only data
   * of the epoch that was restored may replace the snapshot, since an empty store would empty the gateway.
   */
  private async read(scripts: RegistryScripts): Promise<RegistrySnapshot> {
    for (;;) {
      const state = await scripts.state();
      const { picture } = this;
      const epoch = this.hasLost(state)
        ? await scripts.restore(picture.change, picture.all, picture.names.all)
        : state.epoch;
      await this.pending.flush(scripts);
      // Names route nothing: those of an old snapshot are as good as those of a young one.
      if (this.foundNames.size > 0) await scripts.restoreNames(this.foundNames);
      const snapshot = await scripts.snapshot();
      if (snapshot !== undefined && snapshot.epoch === epoch) {
        this.foundNames = new Map();
        return snapshot;
      }
    }
  }

  private hasLost({ epoch, change }: StoreState): boolean {
    return this.epoch !== undefined && (!this.isKnown(epoch) || change < this.picture.change);
  }

  /** Applies new entries; `false`: an entry is missing before one of them, and everything has to be read. */
  take(entries: readonly EntryFacts[]): boolean {
    for (const { id, since, change } of entries) {
      if (since !== this.picture.change || !change) {
        this.isBehind = true;
        return false;
      }
      this.picture.apply(change);
      this.followers.tell({ changes: [change], since, upTo: id });
    }
    return true;
  }
}

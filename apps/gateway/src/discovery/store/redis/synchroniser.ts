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
 * Keeps a picture in step with the store. A gateway that was cut off goes on in the stream where it stopped; where the stream
 * does not reach back that far it reads everything. A store that lost data is given back what the picture holds first.
 */
export class Synchroniser {
  private readonly followers = new Listeners<[RecordPart]>();
  private epoch: string | undefined;
  private isBehind = true;

  constructor(
    private readonly picture: Picture,
    private readonly pending: PendingMoves,
  ) {}

  follow(listener: (part: RecordPart) => void): () => void {
    const { change } = this.picture;
    if (this.epoch !== undefined) listener({ changes: [], since: change, upTo: change });
    return this.followers.add(listener);
  }

  /** The data that the picture was made of; `undefined`: none yet. */
  get knownEpoch(): string | undefined {
    return this.epoch;
  }

  /** Starts with what an earlier run knew. */
  startFrom({ epoch, change, instances, names, ageMs }: FoundSnapshot): void {
    if (ageMs <= RESTART_WITHIN_MS) this.epoch = epoch;
    this.picture.replace(instances, names, change);
  }

  /** Whether this is the data that the picture was made of. */
  isKnown(epoch: string): boolean {
    return epoch === this.epoch;
  }

  /** Brings the picture to where changes can be followed from. */
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
   * Restores what the store lost and reads all of it. A store that loses data in between is restored and read again: only what was read in
   * the epoch that was restored to may replace the picture, since an empty store would empty the gateway.
   */
  private async read(scripts: RegistryScripts): Promise<RegistrySnapshot> {
    for (;;) {
      const state = await scripts.state();
      const { picture } = this;
      const epoch = this.hasLost(state)
        ? await scripts.restore(picture.change, picture.all, picture.names.all)
        : state.epoch;
      await this.pending.flush(scripts);
      const snapshot = await scripts.snapshot();
      if (snapshot !== undefined && snapshot.epoch === epoch) return snapshot;
    }
  }

  private hasLost({ epoch, change }: StoreState): boolean {
    return this.epoch !== undefined && (!this.isKnown(epoch) || change < this.picture.change);
  }

  /** Takes in what was read; `false`: something is missing before it, and everything has to be read. */
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

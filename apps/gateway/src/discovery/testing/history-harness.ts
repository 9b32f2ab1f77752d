import { RegistryHistory } from '../history/registry-history.js';
import type { RingLimits } from '../history/change-ring.js';
import { LiveServiceTable } from '../model/service-table.js';
import type { Clock } from '../schedule/clock.js';
import { newInstanceFrom } from '../store/new-instance.js';
import type { RegistryStore } from '../store/registry-store.js';
import { statusOf, statusReasonOf } from '../store/stored-instance.js';
import { InstanceIndex } from '../table/instance-index.js';
import { LocalTargets } from '../table/local-targets.js';

const RETENTION_MS = 60_000;

/** The members of an instance that a spec compares. */
interface ComparedInstance {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: string;
  readonly statusReason: string;
}

/** A history on a store, and what it should show. Create it before the store starts. */
export class HistoryHarness {
  readonly history: RegistryHistory;
  /** The registry as it was at some times, in order. */
  private readonly captured: { readonly time: number; readonly instances: readonly ComparedInstance[] }[] =
    [];

  constructor(
    readonly store: RegistryStore,
    readonly clock: Clock,
    limits?: RingLimits,
  ) {
    const index = new InstanceIndex(new LiveServiceTable(), new LocalTargets(store), store);
    this.history = new RegistryHistory({
      ...{ store, index, clock, retentionMs: RETENTION_MS },
      ...(limits && { limits }),
    });
  }

  async register(id: string, fields: object = {}): Promise<void> {
    const url = 'http://127.0.0.1:9001';
    const instance = newInstanceFrom({ name: 'users', url, ttlSeconds: 300 }, id, url);
    await this.store.put({ ...instance, ...fields }, 'registered');
  }

  async capture(): Promise<void> {
    const instances = (await this.store.list()).map((stored) =>
      compared({ ...stored, status: statusOf(stored), statusReason: statusReasonOf(stored) }),
    );
    const inOrder = instances.sort((one, other) => (one.id < other.id ? -1 : 1));
    this.captured.push({ time: this.clock.now(), instances: inOrder });
  }

  /** Compares what `history` shows with what was captured; returns how many times it can show. */
  check(history = this.history): number {
    const known = this.captured.filter(({ time }) => time >= history.oldest);
    for (const { time, instances } of known)
      expect(history.at(time).instances.map(compared)).toEqual(instances);
    return known.length;
  }
}

const compared = ({ id, name, weight, metadata, status, statusReason }: ComparedInstance) => ({
  ...{ id, name, weight, metadata, status, statusReason },
});

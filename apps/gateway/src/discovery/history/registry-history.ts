import { isDeepStrictEqual } from 'node:util';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InstanceLoad } from '../model/instance-load.js';
import type { Instance } from '../model/instance.js';
import { timeNotRecorded } from '../model/problems.js';
import type { Clock } from '../schedule/clock.js';
import type { ChangeBatch, ChangeCause, RegistryStore, StoreChange } from '../store/registry-store.js';
import type { RegisteredInstance } from '../store/stored-instance.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { ChangeRing, type RingLimits } from './change-ring.js';
import { PastRegistry, type RecordedInstance, type RegistryChange } from './past-registry.js';

/** Number of changes and bytes that are kept. */
export const HISTORY_LIMITS: RingLimits = { changes: 10_000, bytes: 16 * 1024 ** 2 };

const READ_AGAIN = 'the registry was read again';

/** Dependencies of {@link RegistryHistory}. */
export interface RegistryHistoryParts {
  readonly store: RegistryStore;
  readonly index: InstanceIndex;
  readonly clock: Clock;
  /** How long names of services that lost an instance are kept, milliseconds. */
  readonly retentionMs: number;
  readonly limits?: RingLimits;
}

/**
 * The registry as this gateway knew it at any time of the latest changes: a state, and the changes since. When old
 * changes are dropped, the state moves on. Times are of this process's clock, as those of its access log are. A gateway
 * that starts on a shared store continues with the changes that the store has kept, at the times of the store.
 */
export class RegistryHistory implements OnApplicationBootstrap {
  private readonly latest: PastRegistry;
  /** At {@link oldest}. */
  private base: PastRegistry;
  private baseAt: number;
  private hasBegun = false;
  private readonly ring: ChangeRing;

  constructor(private readonly parts: RegistryHistoryParts) {
    const { store, clock, retentionMs, limits = HISTORY_LIMITS } = parts;
    this.latest = new PastRegistry(retentionMs);
    this.base = this.latest;
    this.baseAt = clock.now();
    this.ring = new ChangeRing(limits, (dropped) => this.moveBase(dropped));
    store.watch((change, cause) => this.record(change, cause));
    store.follow((batch) => this.adopt(batch));
  }

  /** The instances that the store has at the start of the gateway are the first state. */
  onApplicationBootstrap(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.base = this.latest.copy();
    this.base.names.replace(this.parts.store.names.all);
    this.baseAt = this.parts.clock.now();
  }

  /** The earliest time that {@link at} can show, milliseconds since the epoch. */
  get oldest(): number {
    return this.baseAt;
  }

  /** The time of the latest change, milliseconds since the epoch; {@link oldest} if there was none. */
  get newest(): number {
    return this.ring.newest?.at ?? this.baseAt;
  }

  /** The oldest first. */
  get changes(): readonly RegistryChange[] {
    return this.ring.changes;
  }

  /**
   * The registry at `time`, milliseconds since the epoch, after all changes of that millisecond.
   * @throws timeNotRecorded
   */
  at(time: number): PastRegistry {
    if (time < this.baseAt)
      throw timeNotRecorded(`the registry is recorded since ${new Date(this.baseAt).toISOString()}`, {
        extensions: { oldest: new Date(this.baseAt).toISOString() },
      });
    const past = this.base.copy();
    for (const change of this.ring.changes) {
      if (change.at > time) break;
      past.apply(change);
    }
    past.names.prune(time);
    return past;
  }

  private record({ before, after }: StoreChange, cause?: ChangeCause): void {
    const id = (after ?? before)?.id;
    if (id === undefined) return;
    const previous = this.latest.get(id);
    const current = after && recordedOf(this.parts.index.find(id), previous);
    this.latest.set(id, current);
    // A read of the whole store may find what is known already.
    if (!this.hasBegun || (!cause && isDeepStrictEqual(previous, current))) return;
    const { type, reason } = cause ?? causeOf(previous, current);
    const service = (after ?? before)?.name ?? '';
    this.append({ at: this.parts.clock.now(), type, reason, service, instanceId: id, after: current });
  }

  private append(change: RegistryChange): void {
    // The clock may be set back.
    this.ring.add(change.at >= this.newest ? change : { ...change, at: this.newest });
  }

  private moveBase(dropped: RegistryChange): void {
    this.base.apply(dropped);
    this.baseAt = dropped.at;
  }

  /** Begins with the changes that the store has kept: the state before them follows from the present one. */
  private adopt({ changes, gapsBefore = 0 }: ChangeBatch): void {
    const kept = changes.filter(({ id }) => id > gapsBefore);
    const [first] = kept;
    if (this.hasBegun || !first) return;
    this.hasBegun = true;
    this.baseAt = first.at;
    this.base = this.latest.copy();
    const names = [...this.parts.store.names.all].filter(([, seenAt]) => seenAt < first.at);
    this.base.names.replace(new Map(names));
    for (const { before, after } of kept.toReversed())
      this.base.set((after ?? before)?.id ?? '', before && this.describe(before));
    const past = this.base.copy();
    for (const { at, type, reason, before, after } of kept) {
      const instanceId = (after ?? before)?.id ?? '';
      const service = (after ?? before)?.name ?? '';
      const described = after && this.describe(after, past.get(instanceId));
      past.set(instanceId, described);
      this.append({ at, type, reason, service, instanceId, after: described });
    }
  }

  private describe(stored: RegisteredInstance, previous?: RecordedInstance): RecordedInstance | undefined {
    return recordedOf(this.parts.index.instanceOf(stored, UNKNOWN_LOAD), previous);
  }
}

const UNKNOWN_LOAD = new InstanceLoad();

/** @param previous what is recorded of the same instance: equal metadata are kept once */
function recordedOf(
  instance: Instance | undefined,
  previous?: RecordedInstance,
): RecordedInstance | undefined {
  if (!instance) return undefined;
  const { target: _target, load: _load, ...recorded } = instance;
  const metadata = previous && isDeepStrictEqual(previous.metadata, recorded.metadata) && previous.metadata;
  return metadata ? { ...recorded, metadata } : recorded;
}

/** The cause of a change that was found by a read of the whole store. */
function causeOf(before: RecordedInstance | undefined, after: RecordedInstance | undefined): ChangeCause {
  if (!before) return { type: 'registered', reason: READ_AGAIN };
  if (!after) return { type: 'unregistered', reason: READ_AGAIN };
  return { type: 'status-changed', reason: after.statusReason };
}

import type { RecordedInstance, RegistryChange } from './past-registry.js';

/** Limits of a {@link ChangeRing}. */
export interface RingLimits {
  readonly changes: number;
  /** Estimated memory of the changes. */
  readonly bytes: number;
}

/** Changes and bytes are dropped a tenth at a time: a change does not move all others. */
const DROPPED_SHARE = 0.1;
/** Memory of a change and its instance without their texts, measured on Node 20. */
const BYTES_PER_CHANGE = 400;

/** The latest changes, within limits of number and memory. */
export class ChangeRing {
  private kept: RegistryChange[] = [];
  private bytes = 0;

  constructor(
    private readonly limits: RingLimits,
    /** Called with each change that is dropped, the oldest first. */
    private readonly onDrop: (change: RegistryChange) => void,
  ) {}

  /** The oldest first. */
  get changes(): readonly RegistryChange[] {
    return this.kept;
  }

  get newest(): RegistryChange | undefined {
    return this.kept.at(-1);
  }

  add(change: RegistryChange): void {
    this.kept.push(change);
    this.bytes += bytesOf(change);
    const { changes, bytes } = this.limits;
    if (this.kept.length <= changes && this.bytes <= bytes) return;
    this.drop(changes * (1 - DROPPED_SHARE), bytes * (1 - DROPPED_SHARE));
  }

  private drop(maxChanges: number, maxBytes: number): void {
    let dropped = 0;
    for (const change of this.kept) {
      if (this.kept.length - dropped <= maxChanges && this.bytes <= maxBytes) break;
      this.onDrop(change);
      this.bytes -= bytesOf(change);
      dropped += 1;
    }
    this.kept = this.kept.slice(dropped);
  }
}

/** An estimate of the memory of a change: texts that it shares with others are counted for each. */
const bytesOf = ({ reason, after }: RegistryChange): number =>
  BYTES_PER_CHANGE + reason.length + (after ? textLengthOf(after) : 0);

function textLengthOf({ id, url, endpoint, version, healthPath, statusReason, metadata }: RecordedInstance) {
  let length = [id, url, endpoint, version, healthPath, statusReason].join('').length;
  for (const name in metadata) length += BYTES_PER_MEMBER + name.length + (metadata[name]?.length ?? 0);
  return length;
}

const BYTES_PER_MEMBER = 48;

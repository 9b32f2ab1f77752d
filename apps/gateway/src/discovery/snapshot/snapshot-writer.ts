import type { OnModuleDestroy } from '@nestjs/common';
import type { PeriodicTask } from '../schedule/discovery-timer.js';
import type { RegistryContents, RegistryStore } from '../store/registry-store.js';
import type { SnapshotFile } from './snapshot-file.js';

/** Shortest time between two writes. */
const SAVE_EVERY_MS = 1000;
/** Writing takes at most this share of the time: a large registry is written less often. */
const SHARE = 0.05;
const TOUCH_EVERY_MS = 5000;

/** Dependencies of {@link SnapshotWriter}. */
export interface SnapshotWriterParts {
  readonly store: RegistryStore;
  readonly file: SnapshotFile;
  /** Whether an instance runs in this process, and therefore ends with it. */
  readonly isLocal: (id: string) => boolean;
  readonly onProblem: (error: unknown) => void;
}

/** Keeps the snapshot file up to date. A failing write is reported once, until one succeeds again. */
export class SnapshotWriter implements PeriodicTask, OnModuleDestroy {
  private isStale = true;
  private saving: Promise<void> | undefined;
  private nextSaveAt = 0;
  private nextTouchAt = 0;
  private isFailing = false;

  constructor(private readonly parts: SnapshotWriterParts) {
    parts.store.watch(() => (this.isStale = true));
  }

  async tick(): Promise<void> {
    const now = performance.now();
    if (this.saving) return;
    if (this.isStale && now >= this.nextSaveAt) await this.save();
    else if (now >= this.nextTouchAt) await this.run(() => this.parts.file.touch());
  }

  /** Saves the final state: instances that unregistered before do not return at the next start. */
  async onModuleDestroy(): Promise<void> {
    await this.saving;
    await this.save();
  }

  private save(): Promise<void> {
    this.isStale = false;
    const { store, file } = this.parts;
    return this.run(() => file.write(this.withoutLocal(store.contents)));
  }

  /** Local instances end with this process. Their services stay known by name until they register again. */
  private withoutLocal({ instances, names, ...rest }: RegistryContents): RegistryContents {
    const { isLocal } = this.parts;
    const now = Date.now();
    const local = instances.filter(({ instance }) => isLocal(instance.id));
    return {
      ...rest,
      instances: instances.filter(({ instance }) => !isLocal(instance.id)),
      names: new Map([...names, ...local.map(({ instance }) => [instance.name, now] as const)]),
    };
  }

  private async run(work: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    this.saving = work().then(
      () => void (this.isFailing = false),
      (error: unknown) => this.fail(error),
    );
    await this.saving;
    this.saving = undefined;
    const endedAt = performance.now();
    this.nextSaveAt = endedAt + Math.max(SAVE_EVERY_MS, (endedAt - startedAt) / SHARE);
    this.nextTouchAt = endedAt + TOUCH_EVERY_MS;
  }

  private fail(error: unknown): void {
    this.isStale = true;
    if (!this.isFailing) this.parts.onProblem(error);
    this.isFailing = true;
  }
}

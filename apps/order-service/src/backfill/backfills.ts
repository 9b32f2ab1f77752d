import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ServiceUnreachable } from '#registry-client';
import type { Logger } from '#service-kit';
import { LOGGER } from '../placement/pending-orders.js';
import { backoffMs } from '../store/backoff.js';
import type { BackfillName } from '../store/orders.schema.js';
import type { Backfill, BackfillPart } from './backfill.js';
import { BackfillProgress } from './backfill-progress.js';
import { DeletedUsersBackfill } from './deleted-users.backfill.js';
import { ProductCopiesBackfill } from './product-copies.backfill.js';

/** Pause between two parts: at most 50 requests per second to another service. */
const PAUSE_MS = 20;
/** How often a process looks whether the one that works has ended. */
const STANDBY_MS = 2000;

/** Runs the backfills in the background, from the start of the process until they are done. */
@Injectable()
export class Backfills implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly backfills: readonly Backfill[];
  /** Records that this process has stored. */
  private readonly records = new Map<BackfillName, number>();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly progress: BackfillProgress,
    products: ProductCopiesBackfill,
    users: DeletedUsersBackfill,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.backfills = [products, users];
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Resolves after the parts that are being stored. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    // If the store is unavailable, the leases expire.
    await this.progress.release().catch(() => undefined);
  }

  /** Resolves when every backfill is done. */
  run(): Promise<unknown> {
    return Promise.all(this.backfills.map((backfill) => this.complete(backfill)));
  }

  private async complete(backfill: Backfill): Promise<void> {
    let failures = 0;
    let reported: string | undefined;
    while (!this.stopping.signal.aborted) {
      try {
        if (await this.storeParts(backfill)) return;
        failures = 0;
        reported = undefined;
        await this.pause(STANDBY_MS);
      } catch (error) {
        failures += 1;
        if (String(error) !== reported) this.report(backfill, error);
        reported = String(error);
        await this.pause(backoffMs(failures));
      }
    }
  }

  /** `false`: another process works on it, or this one stops. */
  private async storeParts(backfill: Backfill): Promise<boolean> {
    while (!this.stopping.signal.aborted) {
      const state = await this.progress.lease(backfill.name);
      if (state.kind !== 'held') return state.kind === 'done';
      const part = await backfill.next(state.position, state.isConfirmed);
      if (await this.progress.store(backfill.name, part)) this.recordProgress(backfill.name, part);
      await this.pause(PAUSE_MS);
    }
    return false;
  }

  private recordProgress(backfill: BackfillName, part: BackfillPart): void {
    const records = (this.records.get(backfill) ?? 0) + part.records;
    this.records.set(backfill, records);
    // One with nothing to do is no news: each new system has those.
    if (part.position === null)
      this.logger[records === 0 ? 'debug' : 'info']({ backfill, records }, 'Backfill complete');
  }

  private report({ name }: Backfill, err: unknown): void {
    const text = 'Backfill cannot continue; it will be retried';
    // Usual while services start.
    if (err instanceof ServiceUnreachable) this.logger.info({ backfill: name, reason: err.message }, text);
    else this.logger.warn({ backfill: name, err }, text);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

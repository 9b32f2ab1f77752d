import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#service-kit';
import { SWEEP_EVERY_MS } from '../store/lost-time.js';
import { RedisStore } from '../store/redis/redis.store.js';
import { troubleOf } from '../store/redis/trouble.js';
import type { RecordedChange } from '../store/registry-store.js';
import { isExpired } from '../store/stored-instance.js';
import { storedFrom } from '../stored-from.js';
import type { StoreBench } from './registry-store.contract.js';

const RETENTION_MS = 60_000;

/** One gateway's store on a real Redis, under a prefix that others share only when they are told it. */
export class StoreOnRedis implements StoreBench {
  readonly store: RedisStore;
  /** What the store said of itself. */
  readonly told: string[] = [];
  /** What it said it was still away for. */
  readonly reasons: string[] = [];
  readonly changes: RecordedChange[] = [];
  /** How often the record went on elsewhere than where it had ended. */
  gaps = -1;
  private upTo = -1;

  private constructor(
    url: string,
    readonly prefix: string,
    retentionMs: number,
  ) {
    this.store = new RedisStore(
      { url, prefix, gateway: newId(), retentionMs },
      {
        away: () => this.told.push('away'),
        stillAway: (cause) => this.reasons.push(troubleOf(cause)),
        back: () => this.told.push('back'),
      },
    );
    this.store.follow(({ changes, since, upTo }) => {
      if (since > this.upTo || this.upTo < 0) this.gaps += 1;
      this.changes.push(...changes.filter(({ id }) => id > this.upTo));
      this.upTo = upTo;
    });
  }

  static async open(
    url: string,
    prefix = `test-${newId()}`,
    retentionMs = RETENTION_MS,
  ): Promise<StoreOnRedis> {
    const opened = new StoreOnRedis(url, prefix, retentionMs);
    await opened.store.onModuleInit();
    return opened;
  }

  async register(id: string, ttlSeconds = 300, name = 'users'): Promise<void> {
    const url = 'http://127.0.0.1:9001';
    const instance = storedFrom({ name, url }, id, url);
    await this.store.put({ ...instance, ttlSeconds }, 'it registered');
  }

  /** Ids of the instances in this gateway's picture, in alphabetical order. */
  async ids(): Promise<readonly string[]> {
    return (await this.store.list()).map(({ id }) => id).sort();
  }

  /** Those of them whose lease runs. */
  async live(): Promise<readonly string[]> {
    return (await this.store.list())
      .filter((each) => !isExpired(each))
      .map(({ id }) => id)
      .sort();
  }

  async pass(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await sleep(SWEEP_EVERY_MS);
      await this.store.sweep().catch(() => undefined);
    }
  }

  async stall(ms: number): Promise<void> {
    await sleep(ms);
  }

  close(): Promise<void> {
    return this.store.onModuleDestroy();
  }
}

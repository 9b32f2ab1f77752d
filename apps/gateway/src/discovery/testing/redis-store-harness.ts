import { setTimeout as sleep } from 'node:timers/promises';
import { failureCode, newId } from '#service-kit';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import { RedisStore } from '../store/redis/redis.store.js';
import type { RecordedChange } from '../store/registry-store.js';
import { isExpired } from '../store/stored-instance.js';
import { newInstanceFrom } from '../store/new-instance.js';
import type { StoreHarness } from './registry-store.contract.js';

const RETENTION_MS = 60_000;

/** The store of one gateway on a real Redis, under a prefix of its own unless one is given. */
export class RedisStoreHarness implements StoreHarness {
  readonly store: RedisStore;
  /** The calls of the store's watcher. */
  readonly calls: string[] = [];
  /** The reasons passed to `stillAway`. */
  readonly reasons: string[] = [];
  readonly changes: RecordedChange[] = [];
  /** How often a part of the record did not start where the previous one ended. */
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
        onUnavailable: () => this.calls.push('unavailable'),
        onStillUnavailable: (cause) => this.reasons.push(failureCode(cause)),
        onAvailable: () => this.calls.push('available'),
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
  ): Promise<RedisStoreHarness> {
    const opened = new RedisStoreHarness(url, prefix, retentionMs);
    await opened.store.onModuleInit();
    return opened;
  }

  async register(id: string, ttlSeconds = 300, name = 'users'): Promise<void> {
    const url = 'http://127.0.0.1:9001';
    const instance = newInstanceFrom({ name, url }, id, url);
    await this.store.put({ ...instance, ttlSeconds }, 'registered');
  }

  /** Ids of the instances in this gateway's snapshot, in alphabetical order. */
  async ids(): Promise<readonly string[]> {
    return (await this.store.list()).map(({ id }) => id).sort();
  }

  /** Ids of the instances whose lease runs, in alphabetical order. */
  async live(): Promise<readonly string[]> {
    return (await this.store.list())
      .filter((each) => !isExpired(each))
      .map(({ id }) => id)
      .sort();
  }

  async pass(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      await sleep(SWEEP_INTERVAL_MS);
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
